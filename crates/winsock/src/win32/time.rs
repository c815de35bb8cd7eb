//! Time: counters, the time of day, and its forms.
#![allow(unsafe_code, reason = "the signatures are Win32's")]

use super::{
    BOOL, FALSE, FILETIME, HANDLE, SYSTEMTIME, TIMERR_NOCANDO, TIMERR_NOERROR, TRUE, boundary, memory,
};
use crate::error::Error;
use crate::linux::calendar::{self, TICKS};
use crate::linux::objects;

fn file_time(ticks: u64) -> FILETIME {
    FILETIME { dwLowDateTime: ticks as u32, dwHighDateTime: (ticks >> 32) as u32 }
}

/// # Errors
/// `WSA_INVALID_PARAMETER` for NULL.
///
/// # Safety
/// `time` is NULL or readable.
unsafe fn ticks(time: *const FILETIME) -> Result<u64, Error> {
    // SAFETY: the caller's promise.
    let time = unsafe { memory::read(time) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
    Ok(u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime))
}

/// Dates are defined for times with the highest bit clear.
fn system_time(time: u64) -> Result<SYSTEMTIME, Error> {
    if time >> 63 != 0 {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    let (date, rest) = calendar::date(time);
    let milliseconds = rest / (TICKS / 1000);
    Ok(SYSTEMTIME {
        wYear: date.year,
        wMonth: date.month,
        wDayOfWeek: date.weekday,
        wDay: date.day,
        wHour: (milliseconds / 3_600_000) as u16,
        wMinute: (milliseconds / 60_000 % 60) as u16,
        wSecond: (milliseconds / 1000 % 60) as u16,
        wMilliseconds: (milliseconds % 1000) as u16,
    })
}

fn to_local(time: u64) -> u64 {
    time.wrapping_add_signed(calendar::local_offset(calendar::unix_seconds(time)) * TICKS as i64)
}

/// `GetTickCount64`: milliseconds since the system was started.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-gettickcount64`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetTickCount64() -> u64 {
    calendar::since_boot().as_millis() as u64
}

/// `GetTickCount`: the low half of [`GetTickCount64`], which begins anew after 49.7 days.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-gettickcount`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn GetTickCount() -> u32 {
    calendar::since_boot().as_millis() as u32
}

/// `timeGetTime`: as [`GetTickCount`].
///
/// Microsoft's page: `timeapi/nf-timeapi-timegettime`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn timeGetTime() -> u32 {
    calendar::since_boot().as_millis() as u32
}

/// `timeBeginPeriod`: asks for timers of a precision in milliseconds. They always have it; 0 is `TIMERR_NOCANDO`.
///
/// Microsoft's page: `timeapi/nf-timeapi-timebeginperiod`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn timeBeginPeriod(uperiod: u32) -> u32 {
    if uperiod == 0 { TIMERR_NOCANDO } else { TIMERR_NOERROR }
}

/// `timeEndPeriod`: takes [`timeBeginPeriod`] back.
///
/// Microsoft's page: `timeapi/nf-timeapi-timeendperiod`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn timeEndPeriod(uperiod: u32) -> u32 {
    if uperiod == 0 { TIMERR_NOCANDO } else { TIMERR_NOERROR }
}

/// `QueryPerformanceCounter`: a counter that never goes back, of 10 MHz.
///
/// Microsoft's page: `profileapi/nf-profileapi-queryperformancecounter`.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// `lpperformancecount` is NULL or valid for writing.
pub unsafe extern "system" fn QueryPerformanceCounter(lpperformancecount: *mut i64) -> BOOL {
    // SAFETY: the caller makes the same promise.
    unsafe { tell(lpperformancecount, calendar::ticks(calendar::awake()) as i64) }
}

/// `QueryPerformanceFrequency`: how much [`QueryPerformanceCounter`] counts in a second.
///
/// Microsoft's page: `profileapi/nf-profileapi-queryperformancefrequency`.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// `lpfrequency` is NULL or valid for writing.
pub unsafe extern "system" fn QueryPerformanceFrequency(lpfrequency: *mut i64) -> BOOL {
    // SAFETY: the caller makes the same promise.
    unsafe { tell(lpfrequency, TICKS as i64) }
}

/// `QueryUnbiasedInterruptTime`: the time since the start without what the system slept, in 100 nanoseconds.
///
/// Microsoft's page: `realtimeapiset/nf-realtimeapiset-queryunbiasedinterrupttime`.
///
/// # Errors
/// `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// `unbiasedtime` is NULL or valid for writing.
pub unsafe extern "system" fn QueryUnbiasedInterruptTime(unbiasedtime: *mut u64) -> BOOL {
    // SAFETY: the caller makes the same promise.
    unsafe { tell(unbiasedtime, calendar::ticks(calendar::awake())) }
}

/// # Safety
/// `out` is NULL or valid for writing.
unsafe fn tell<T>(out: *mut T, value: T) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        unsafe { memory::write(out, value) }.map_err(|_| Error::ERROR_NOACCESS)?;
        Ok(TRUE)
    })
}

/// `GetSystemTimeAsFileTime`: the time of day in UTC, in 100 nanoseconds since 1601. NULL is answered by nothing.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getsystemtimeasfiletime`.
///
/// # Safety
/// `lpsystemtimeasfiletime` is NULL or valid for writing.
pub unsafe extern "system" fn GetSystemTimeAsFileTime(lpsystemtimeasfiletime: *mut FILETIME) {
    // SAFETY: the caller's promise.
    unsafe { memory::write_optional(lpsystemtimeasfiletime, file_time(calendar::time_of_day())) };
}

/// `GetSystemTimePreciseAsFileTime`: as [`GetSystemTimeAsFileTime`], which is as precise here.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getsystemtimepreciseasfiletime`.
///
/// # Safety
/// As [`GetSystemTimeAsFileTime`].
pub unsafe extern "system" fn GetSystemTimePreciseAsFileTime(lpsystemtimeasfiletime: *mut FILETIME) {
    // SAFETY: the caller's promise.
    unsafe { memory::write_optional(lpsystemtimeasfiletime, file_time(calendar::time_of_day())) };
}

/// `GetSystemTime`: date and time in UTC. NULL is answered by nothing.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getsystemtime`.
///
/// # Safety
/// `lpsystemtime` is NULL or valid for writing.
pub unsafe extern "system" fn GetSystemTime(lpsystemtime: *mut SYSTEMTIME) {
    if let Ok(time) = system_time(calendar::time_of_day()) {
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpsystemtime, time) };
    }
}

/// `GetLocalTime`: date and time of this place. NULL is answered by nothing.
///
/// Microsoft's page: `sysinfoapi/nf-sysinfoapi-getlocaltime`.
///
/// # Safety
/// `lpsystemtime` is NULL or valid for writing.
pub unsafe extern "system" fn GetLocalTime(lpsystemtime: *mut SYSTEMTIME) {
    if let Ok(time) = system_time(to_local(calendar::time_of_day())) {
        // SAFETY: the caller's promise.
        unsafe { memory::write_optional(lpsystemtime, time) };
    }
}

/// `FileTimeToSystemTime`: the date of a time.
///
/// Microsoft's page: `timezoneapi/nf-timezoneapi-filetimetosystemtime`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, and for a time with its highest bit set.
///
/// # Safety
/// Each pointer is NULL or valid.
pub unsafe extern "system" fn FileTimeToSystemTime(
    lpfiletime: *const FILETIME,
    lpsystemtime: *mut SYSTEMTIME,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let time = system_time(unsafe { ticks(lpfiletime) }?)?;
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpsystemtime, time) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        Ok(TRUE)
    })
}

/// `SystemTimeToFileTime`: the time of a date; the day of the week is not looked at.
///
/// Microsoft's page: `timezoneapi/nf-timezoneapi-systemtimetofiletime`.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL, and for a date or a time of day that does not exist.
///
/// # Safety
/// Each pointer is NULL or valid.
pub unsafe extern "system" fn SystemTimeToFileTime(
    lpsystemtime: *const SYSTEMTIME,
    lpfiletime: *mut FILETIME,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let date = unsafe { memory::read(lpsystemtime) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        let day =
            calendar::beginning(date.wYear, date.wMonth, date.wDay).ok_or(Error::WSA_INVALID_PARAMETER)?;
        if date.wHour > 23 || date.wMinute > 59 || date.wSecond > 59 || date.wMilliseconds > 999 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        let seconds = u64::from(date.wHour) * 3600 + u64::from(date.wMinute) * 60 + u64::from(date.wSecond);
        let time = day + seconds * TICKS + u64::from(date.wMilliseconds) * (TICKS / 1000);
        // SAFETY: the caller's promise.
        unsafe { memory::write(lpfiletime, file_time(time)) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        Ok(TRUE)
    })
}

/// `FileTimeToLocalFileTime`: a time in UTC as one of this place.
///
/// Microsoft's page: `fileapi/nf-fileapi-filetimetolocalfiletime`.
///
/// *On Linux*: with the offset of that time, where Windows takes that of today.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for NULL.
///
/// # Safety
/// Each pointer is NULL or valid.
pub unsafe extern "system" fn FileTimeToLocalFileTime(
    lpfiletime: *const FILETIME,
    lplocalfiletime: *mut FILETIME,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        // SAFETY: the caller's promise.
        let time = file_time(to_local(unsafe { ticks(lpfiletime) }?));
        // SAFETY: the caller's promise.
        unsafe { memory::write(lplocalfiletime, time) }.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        Ok(TRUE)
    })
}

/// `CompareFileTime`: -1, 0 or 1, as the first time is earlier, the same or later. NULL counts as the earliest.
///
/// Microsoft's page: `fileapi/nf-fileapi-comparefiletime`.
///
/// # Safety
/// Each pointer is NULL or readable.
pub unsafe extern "system" fn CompareFileTime(
    lpfiletime1: *const FILETIME,
    lpfiletime2: *const FILETIME,
) -> i32 {
    // SAFETY: the caller's promise.
    let first = unsafe { ticks(lpfiletime1) }.unwrap_or(0);
    // SAFETY: the caller's promise.
    let second = unsafe { ticks(lpfiletime2) }.unwrap_or(0);
    first.cmp(&second) as i32
}

/// `GetProcessTimes`: when this process began, and the processor time that it has used. The time of its end is 0.
///
/// Microsoft's page: `processthreadsapi/nf-processthreadsapi-getprocesstimes`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOACCESS` for NULL.
///
/// # Safety
/// Each pointer is NULL or valid for writing.
pub unsafe extern "system" fn GetProcessTimes(
    hprocess: HANDLE,
    lpcreationtime: *mut FILETIME,
    lpexittime: *mut FILETIME,
    lpkerneltime: *mut FILETIME,
    lpusertime: *mut FILETIME,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        objects::process(hprocess.addr())?;
        let (user, kernel) = calendar::process_times();
        let times = [
            (lpcreationtime, calendar::process_beginning()),
            (lpexittime, 0),
            (lpkerneltime, calendar::ticks(kernel)),
            (lpusertime, calendar::ticks(user)),
        ];
        if times.iter().any(|(out, _)| out.is_null()) {
            return Err(Error::ERROR_NOACCESS);
        }
        for (out, time) in times {
            // SAFETY: the caller's promise.
            unsafe { memory::write(out, file_time(time)) }?;
        }
        Ok(TRUE)
    })
}
