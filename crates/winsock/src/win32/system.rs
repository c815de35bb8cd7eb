//! The machine and the version of the system.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, FALSE, OSVERSIONINFOA, OSVERSIONINFOEXA, OSVERSIONINFOEXW, OSVERSIONINFOW,
    PROCESSOR_ARCHITECTURE_AMD64, PROCESSOR_ARCHITECTURE_ARM64, PROCESSOR_ARCHITECTURE_UNKNOWN, SYSTEM_INFO,
    TRUE, VER_NT_WORKSTATION, boundary,
};
use crate::error::Error;
use crate::linux::system;
use std::mem::size_of;
use std::ptr::without_provenance_mut;

/// `GetSystemInfo`: pages, processors and addresses of this machine. NULL is answered by nothing.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getsysteminfo`.
///
/// *On Linux*: the processors are those that the process may run on, the first 64 of them.
///
/// # Safety
/// `lpsysteminfo` is NULL or valid for writing.
pub unsafe extern "system" fn GetSystemInfo(lpsysteminfo: *mut SYSTEM_INFO) {
    /// What reserved memory begins at a multiple of.
    const GRANULARITY: u32 = 64 << 10;
    const LAST_ADDRESS: usize = (1 << 47) - (64 << 10) - 1;
    /// `PROCESSOR_AMD_X8664`; newer kinds have no number.
    const X8664: u32 = 8664;
    if lpsysteminfo.is_null() {
        return;
    }
    let mut info = SYSTEM_INFO::default();
    let (architecture, kind) = if cfg!(target_arch = "x86_64") {
        (PROCESSOR_ARCHITECTURE_AMD64, X8664)
    } else if cfg!(target_arch = "aarch64") {
        (PROCESSOR_ARCHITECTURE_ARM64, 0)
    } else {
        (PROCESSOR_ARCHITECTURE_UNKNOWN, 0)
    };
    info.Anonymous.dwOemId = architecture.into();
    info.dwPageSize = system::page_size() as u32;
    info.lpMinimumApplicationAddress = without_provenance_mut(GRANULARITY as usize);
    info.lpMaximumApplicationAddress = without_provenance_mut(LAST_ADDRESS);
    info.dwActiveProcessorMask = system::processors() as usize;
    info.dwNumberOfProcessors = system::processors().count_ones();
    info.dwProcessorType = kind;
    info.dwAllocationGranularity = GRANULARITY;
    let processor = system::processor();
    info.wProcessorLevel = processor.family;
    info.wProcessorRevision = processor.revision;
    // SAFETY: not NULL, and the caller promises that it is writable.
    unsafe { lpsysteminfo.write_unaligned(info) };
}

/// `GetNativeSystemInfo`: as [`GetSystemInfo`]: nothing is emulated.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getnativesysteminfo`.
///
/// *On Linux*: as [`GetSystemInfo`].
///
/// # Safety
/// As [`GetSystemInfo`].
pub unsafe extern "system" fn GetNativeSystemInfo(lpsysteminfo: *mut SYSTEM_INFO) {
    // SAFETY: the caller makes the same promise.
    unsafe { GetSystemInfo(lpsysteminfo) };
}

/// The version of Windows that this library has the behaviour of.
pub(super) const VERSION: OSVERSIONINFOEXW = OSVERSIONINFOEXW {
    dwOSVersionInfoSize: size_of::<OSVERSIONINFOEXW>() as u32,
    dwMajorVersion: 10,
    dwMinorVersion: 0,
    dwBuildNumber: 19_045,
    dwPlatformId: 2,
    szCSDVersion: [0; 128],
    wServicePackMajor: 0,
    wServicePackMinor: 0,
    wSuiteMask: 0,
    wProductType: VER_NT_WORKSTATION as u8,
    wReserved: 0,
};

/// `GetVersion`: major and minor version in the low bytes, the build above them.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getversion`.
///
/// *On Linux*: Windows 10, build 19045, whose behaviour this library has.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetVersion() -> u32 {
    VERSION.dwBuildNumber << 16 | VERSION.dwMinorVersion << 8 | VERSION.dwMajorVersion
}

/// `GetVersionExA`: the version in an `OSVERSIONINFOA` or an `OSVERSIONINFOEXA`, as the size in it says.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getversionexa`.
///
/// *On Linux*: as [`GetVersion`].
///
/// # Errors
/// `ERROR_NOACCESS` for NULL, `ERROR_INSUFFICIENT_BUFFER` for another size.
///
/// # Safety
/// `lpversioninformation` is NULL or valid, with as many bytes as its size says.
pub unsafe extern "system" fn GetVersionExA(lpversioninformation: *mut OSVERSIONINFOA) -> BOOL {
    let size = size_of::<OSVERSIONINFOEXA>() as u32;
    let version = OSVERSIONINFOEXA {
        dwOSVersionInfoSize: size,
        dwMajorVersion: VERSION.dwMajorVersion,
        dwMinorVersion: VERSION.dwMinorVersion,
        dwBuildNumber: VERSION.dwBuildNumber,
        dwPlatformId: VERSION.dwPlatformId,
        szCSDVersion: [0; 128],
        wServicePackMajor: VERSION.wServicePackMajor,
        wServicePackMinor: VERSION.wServicePackMinor,
        wSuiteMask: VERSION.wSuiteMask,
        wProductType: VERSION.wProductType,
        wReserved: 0,
    };
    // SAFETY: the caller's promise; the short structure is the beginning of the long one.
    unsafe { version_ex(lpversioninformation.cast(), &version, size_of::<OSVERSIONINFOA>()) }
}

/// `GetVersionExW`: the version in an `OSVERSIONINFOW` or an `OSVERSIONINFOEXW`, as the size in it says.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getversionexw`.
///
/// *On Linux*: as [`GetVersion`].
///
/// # Errors
/// As [`GetVersionExA`].
///
/// # Safety
/// As [`GetVersionExA`].
pub unsafe extern "system" fn GetVersionExW(lpversioninformation: *mut OSVERSIONINFOW) -> BOOL {
    // SAFETY: the caller's promise; the short structure is the beginning of the long one.
    unsafe { version_ex(lpversioninformation.cast(), &VERSION, size_of::<OSVERSIONINFOW>()) }
}

/// Writes `version`, or the first `short` bytes of it, behind the size that the caller has set.
///
/// # Safety
/// `out` is NULL or begins with a size, and has as many bytes.
unsafe fn version_ex<V>(out: *mut u32, version: &V, short: usize) -> BOOL {
    boundary::call_any_time(FALSE, || {
        if out.is_null() {
            return Err(Error::ERROR_NOACCESS);
        }
        // SAFETY: not NULL, and the caller promises a size.
        let len = unsafe { out.read_unaligned() } as usize;
        if len != short && len != size_of::<V>() {
            return Err(Error::ERROR_INSUFFICIENT_BUFFER);
        }
        let head = size_of::<u32>();
        let from = std::ptr::from_ref(version).cast::<u8>().wrapping_add(head);
        let to = out.cast::<u8>().wrapping_add(head);
        // SAFETY: both have `len` bytes, and the size stays.
        unsafe { to.copy_from_nonoverlapping(from, len - head) };
        Ok(TRUE)
    })
}
