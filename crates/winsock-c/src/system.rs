//! The machine and the version of the system.

use crate::export;
use winsock::win32::*;

export! {
    "GetNativeSystemInfo" fn GetNativeSystemInfo(lpsysteminfo: *mut SYSTEM_INFO);
    "GetSystemInfo" fn GetSystemInfo(lpsysteminfo: *mut SYSTEM_INFO);
    "GetVersion" fn GetVersion() -> u32;
    "GetVersionExA" fn GetVersionExA(lpversioninformation: *mut OSVERSIONINFOA) -> BOOL;
    "GetVersionExW" fn GetVersionExW(lpversioninformation: *mut OSVERSIONINFOW) -> BOOL;
}
