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

export! {
    "VerSetConditionMask" fn VerSetConditionMask(conditionmask: u64, typemask: VER_FLAGS, condition: u8) -> u64;
    "VerifyVersionInfoA" fn VerifyVersionInfoA(lpversioninformation: *mut OSVERSIONINFOEXA, dwtypemask: VER_FLAGS, dwlconditionmask: u64) -> BOOL;
    "VerifyVersionInfoW" fn VerifyVersionInfoW(lpversioninformation: *mut OSVERSIONINFOEXW, dwtypemask: VER_FLAGS, dwlconditionmask: u64) -> BOOL;
}
