/* sal.h: Microsoft's source annotations, all of them empty.
 *
 * They tell Microsoft's static checker what a parameter is for and mean nothing to any other compiler.
 * The older spellings with two underscores (__in, __out) exist in C alone: C++ libraries name their own
 * parameters so.
 */
#ifndef _SAL_H_
#define _SAL_H_

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _Out_
#define _Out_opt_
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_opt_z_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_nullonfailure_
#define _Outptr_result_z_
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _Outref_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_null_
#define _Ret_valid_
#define _Ret_z_
#define _Ret_opt_z_
#define _Pre_valid_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_null_
#define _Pre_z_
#define _Post_valid_
#define _Post_invalid_
#define _Post_z_
#define _Post_notnull_
#define _Post_maybenull_
#define _Post_ptr_invalid_
#define _Reserved_
#define _Check_return_
#define _Must_inspect_result_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Notnull_
#define _Maybenull_
#define _Null_
#define _Valid_
#define _Notvalid_
#define _Const_
#define _Use_decl_annotations_
#define _Interlocked_operand_
#define _Points_to_data_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Pre_
#define _Post_
#define _Deref_pre_
#define _Deref_post_
#define _Always_

#define _In_reads_(x)
#define _In_reads_opt_(x)
#define _In_reads_bytes_(x)
#define _In_reads_bytes_opt_(x)
#define _In_reads_z_(x)
#define _In_reads_opt_z_(x)
#define _In_reads_or_z_(x)
#define _In_reads_to_ptr_(x)
#define _In_range_(x)
#define _In_count_(x)
#define _In_bytecount_(x)
#define _In_opt_count_(x)
#define _In_opt_bytecount_(x)
#define _In_function_class_(x)
#define _Out_writes_(x)
#define _Out_writes_opt_(x)
#define _Out_writes_z_(x)
#define _Out_writes_opt_z_(x)
#define _Out_writes_bytes_(x)
#define _Out_writes_bytes_opt_(x)
#define _Out_writes_all_(x)
#define _Out_writes_all_opt_(x)
#define _Out_writes_bytes_all_(x)
#define _Out_writes_bytes_all_opt_(x)
#define _Out_range_(x)
#define _Out_cap_(x)
#define _Out_bytecap_(x)
#define _Out_z_cap_(x)
#define _Inout_updates_(x)
#define _Inout_updates_opt_(x)
#define _Inout_updates_z_(x)
#define _Inout_updates_opt_z_(x)
#define _Inout_updates_bytes_(x)
#define _Inout_updates_bytes_opt_(x)
#define _Inout_updates_all_(x)
#define _Inout_updates_bytes_all_(x)
#define _Outptr_result_buffer_(x)
#define _Outptr_result_bytebuffer_(x)
#define _Outptr_opt_result_buffer_(x)
#define _Outptr_opt_result_bytebuffer_(x)
#define _Ret_range_(x)
#define _Ret_writes_(x)
#define _Ret_writes_z_(x)
#define _Ret_writes_bytes_(x)
#define _Ret_writes_maybenull_(x)
#define _Pre_satisfies_(x)
#define _Post_satisfies_(x)
#define _Satisfies_(x)
#define _Success_(x)
#define _Return_type_success_(x)
#define _Field_size_(x)
#define _Field_size_opt_(x)
#define _Field_size_bytes_(x)
#define _Field_size_bytes_opt_(x)
#define _Field_range_(x)
#define _Field_z_size_(x)
#define _Analysis_assume_(x)
#define _Analysis_assume_nullterminated_(x)
#define _Acquires_lock_(x)
#define _Releases_lock_(x)
#define _Requires_lock_held_(x)
#define _Requires_lock_not_held_(x)
#define _Guarded_by_(x)
#define _Function_class_(x)
#define _Struct_size_bytes_(x)
#define _Readable_bytes_(x)
#define _Readable_elements_(x)
#define _Writable_bytes_(x)
#define _Writable_elements_(x)

#define _When_(x, y)
#define _At_(x, y)
#define _Out_writes_to_(x, y)
#define _Out_writes_to_opt_(x, y)
#define _Out_writes_bytes_to_(x, y)
#define _Out_writes_bytes_to_opt_(x, y)
#define _Inout_updates_to_(x, y)
#define _Inout_updates_bytes_to_(x, y)
#define _Outptr_result_buffer_to_(x, y)
#define _Outptr_result_bytebuffer_to_(x, y)
#define _Ret_writes_to_(x, y)
#define _Ret_writes_bytes_to_(x, y)
#define _Field_size_part_(x, y)
#define _Field_size_bytes_part_(x, y)

#ifndef __cplusplus
#define __in
#define __in_opt
#define __out
#define __out_opt
#define __inout
#define __inout_opt
#define __reserved
#define __checkReturn
#define __deref_out
#define __deref_out_opt
#define __deref_opt_out
#define __nullterminated
#define __callback
#define __in_ecount(x)
#define __in_bcount(x)
#define __in_ecount_opt(x)
#define __in_bcount_opt(x)
#define __out_ecount(x)
#define __out_bcount(x)
#define __out_ecount_opt(x)
#define __out_bcount_opt(x)
#define __inout_ecount(x)
#define __inout_bcount(x)
#define __inout_ecount_opt(x)
#define __inout_bcount_opt(x)
#define __deref_out_ecount(x)
#define __deref_out_bcount(x)
#define __out_ecount_part(x, y)
#define __out_bcount_part(x, y)
#define __out_ecount_part_opt(x, y)
#define __out_bcount_part_opt(x, y)
#define __inout_ecount_part(x, y)
#define __inout_bcount_part(x, y)
#endif

#endif
