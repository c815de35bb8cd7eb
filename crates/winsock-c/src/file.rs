//! Files, and reading and writing of files and sockets alike.

use crate::export;
use winsock::win32::*;

export! {
    "CreateFileA" fn CreateFileA(lpfilename: PCSTR, dwdesiredaccess: u32, dwsharemode: FILE_SHARE_MODE, lpsecurityattributes: *const SECURITY_ATTRIBUTES, dwcreationdisposition: FILE_CREATION_DISPOSITION, dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES, htemplatefile: HANDLE) -> HANDLE;
    "CreateFileW" fn CreateFileW(lpfilename: PCWSTR, dwdesiredaccess: u32, dwsharemode: FILE_SHARE_MODE, lpsecurityattributes: *const SECURITY_ATTRIBUTES, dwcreationdisposition: FILE_CREATION_DISPOSITION, dwflagsandattributes: FILE_FLAGS_AND_ATTRIBUTES, htemplatefile: HANDLE) -> HANDLE;
    "GetFileSizeEx" fn GetFileSizeEx(hfile: HANDLE, lpfilesize: *mut i64) -> BOOL;
    "ReadFile" fn ReadFile(hfile: HANDLE, lpbuffer: *mut u8, nnumberofbytestoread: u32, lpnumberofbytesread: *mut u32, lpoverlapped: *mut OVERLAPPED) -> BOOL;
    "SetFilePointerEx" fn SetFilePointerEx(hfile: HANDLE, lidistancetomove: i64, lpnewfilepointer: *mut i64, dwmovemethod: SET_FILE_POINTER_MOVE_METHOD) -> BOOL;
    "WriteFile" fn WriteFile(hfile: HANDLE, lpbuffer: *const u8, nnumberofbytestowrite: u32, lpnumberofbyteswritten: *mut u32, lpoverlapped: *mut OVERLAPPED) -> BOOL;
}

export! {
    "DeleteFileA" fn DeleteFileA(lpfilename: PCSTR) -> BOOL;
    "DeleteFileW" fn DeleteFileW(lpfilename: PCWSTR) -> BOOL;
    "FlushFileBuffers" fn FlushFileBuffers(hfile: HANDLE) -> BOOL;
    "GetFileAttributesA" fn GetFileAttributesA(lpfilename: PCSTR) -> u32;
    "GetFileAttributesW" fn GetFileAttributesW(lpfilename: PCWSTR) -> u32;
    "GetFileSize" fn GetFileSize(hfile: HANDLE, lpfilesizehigh: *mut u32) -> u32;
    "SetEndOfFile" fn SetEndOfFile(hfile: HANDLE) -> BOOL;
    "SetFilePointer" fn SetFilePointer(hfile: HANDLE, ldistancetomove: i32, lpdistancetomovehigh: *mut i32, dwmovemethod: SET_FILE_POINTER_MOVE_METHOD) -> u32;
}
