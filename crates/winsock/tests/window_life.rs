//! Classes and windows: how they come, what they remember, how they go, and their errors in order.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

#[path = "common/window.rs"]
mod window;

use std::cell::RefCell;
use std::ptr::{null, null_mut, without_provenance, without_provenance_mut};
use std::thread::spawn;
use window::*;
use winsock::win32::*;

const CREATED: [u32; 3] = [WM_NCCREATE, WM_NCCALCSIZE, WM_CREATE];

fn numbers(window: Win, told: &[(usize, u32)]) -> Vec<u32> {
    told.iter().filter(|told| told.0 == window.0).map(|told| told.1).collect()
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn a_window_is_told_that_it_comes_and_goes() {
    told();
    let window = Win::new(Some(recording));
    assert_eq!(numbers(window, &told()), CREATED);
    assert!(window.is_there());
    window.destroy();
    assert_eq!(told(), [(window.0, WM_DESTROY), (window.0, WM_NCDESTROY)]);
    assert!(!window.is_there());
    // SAFETY: no memory is passed.
    fails(|| unsafe { DestroyWindow(window.raw()) }, FALSE, ERROR_INVALID_WINDOW_HANDLE);
}

#[test]
fn owned_windows_go_first_and_children_between_the_two_last_messages() {
    let class = class(Some(recording));
    let top = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    let child = Win::with(&class, WS_CHILD, top.raw());
    let grandchild = Win::with(&class, WS_CHILD, child.raw());
    let owned = Win::with(&class, WS_POPUP, top.raw());
    // SAFETY: no memory is passed.
    unsafe {
        assert_eq!(GetParent(child.raw()), top.raw());
        assert_eq!(GetParent(owned.raw()), top.raw());
        assert!(GetParent(top.raw()).is_null());
        assert_eq!(IsChild(top.raw(), grandchild.raw()), TRUE);
        assert_eq!(IsChild(top.raw(), owned.raw()), FALSE);
        assert_eq!(IsChild(top.raw(), top.raw()), FALSE);
    }
    told();
    top.destroy();
    let told: Vec<_> = told().into_iter().filter(|told| told.1 != WM_PARENTNOTIFY).collect();
    assert_eq!(
        told,
        [
            (owned.0, WM_DESTROY),
            (owned.0, WM_NCDESTROY),
            (top.0, WM_DESTROY),
            (child.0, WM_DESTROY),
            (grandchild.0, WM_DESTROY),
            (grandchild.0, WM_NCDESTROY),
            (child.0, WM_NCDESTROY),
            (top.0, WM_NCDESTROY),
        ]
    );
}

#[test]
fn a_parent_is_told_of_its_children_unless_they_say_no() {
    let class = class(Some(recording));
    let top = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    told();
    let child = Win::with(&class, WS_CHILD, top.raw());
    child.destroy();
    assert_eq!(numbers(top, &told()), [WM_PARENTNOTIFY, WM_PARENTNOTIFY]);
    let (name, style) = (class.as_ptr(), WS_EX_NOPARENTNOTIFY);
    // SAFETY: the name ends with 0.
    let quiet = unsafe {
        CreateWindowExW(style, name, null(), WS_CHILD, 0, 0, 0, 0, top.raw(), null_mut(), null_mut(), null())
    };
    assert!(!quiet.is_null());
    assert_eq!(numbers(top, &told()), []);
    top.destroy();
}

thread_local! {
    static SEEN: RefCell<Vec<(u32, String, String, isize)>> = const { RefCell::new(Vec::new()) };
}

/// Refuses the message that the parameter names; writes down what it is shown.
unsafe extern "system" fn looking_a(hwnd: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    if [WM_NCCREATE, WM_CREATE].contains(&message) {
        // SAFETY: these messages carry the structure, with texts of the class's kind.
        unsafe {
            let shown: &CREATESTRUCTA = &*std::ptr::with_exposed_provenance(lparam as usize);
            let text = |text: PCSTR| std::ffi::CStr::from_ptr(text.cast()).to_string_lossy().into_owned();
            let parameter = shown.lpCreateParams.addr() as isize;
            SEEN.with_borrow_mut(|seen| {
                seen.push((message, text(shown.lpszClass), text(shown.lpszName), parameter));
            });
            match (message, parameter) {
                (WM_NCCREATE, 1) => return 0,
                (WM_CREATE, 2) => return -1,
                (WM_CREATE, 3) => {
                    assert_eq!(DestroyWindow(hwnd), TRUE);
                }
                _ => {}
            }
        }
    }
    // SAFETY: the caller's promise.
    unsafe { recording_a(hwnd, message, wparam, lparam) }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn the_structure_of_creation_has_texts_of_the_class_s_kind() {
    let name = c"narrow class \u{e4}";
    let class = WNDCLASSA {
        lpfnWndProc: Some(looking_a),
        lpszClassName: name.as_ptr().cast(),
        ..WNDCLASSA::default()
    };
    // SAFETY: the class is whole.
    let atom = unsafe { RegisterClassA(&class) };
    assert_ne!(atom, 0);
    let create = |parameter: usize| {
        let (class, title) = (wide("NARROW CLASS \u{c4}"), wide("title \u{20ac}"));
        let (class, title, parameter) = (class.as_ptr(), title.as_ptr(), without_provenance(parameter));
        // SAFETY: the texts end with 0.
        unsafe {
            let (none, parent) = (null_mut(), HWND_MESSAGE);
            CreateWindowExW(0, class, title, 0, CW_USEDEFAULT, 1, 2, 3, parent, none, none, parameter)
        }
    };
    let window = create(0);
    assert!(!window.is_null());
    let expected = |message| (message, "narrow class \u{e4}".to_owned(), "title \u{20ac}".to_owned(), 0);
    assert_eq!(SEEN.take(), [expected(WM_NCCREATE), expected(WM_CREATE)]);
    // SAFETY: the window is the test's.
    unsafe {
        assert_eq!(IsWindowUnicode(window), FALSE);
        DestroyWindow(window);
    }
    // A procedure may refuse, or destroy its window at once.
    told();
    for (parameter, messages) in [
        (1, &[WM_NCDESTROY][..]),
        (2, &[WM_NCCREATE, WM_NCCALCSIZE, WM_DESTROY, WM_NCDESTROY]),
        (3, &[WM_NCCREATE, WM_NCCALCSIZE, WM_DESTROY, WM_NCDESTROY]),
    ] {
        assert!(create(parameter).is_null());
        let told: Vec<u32> = told().into_iter().map(|told| told.1).filter(|&n| n != WM_CREATE).collect();
        assert_eq!(told, messages, "{parameter}");
    }
    // SAFETY: the name is an atom.
    assert_eq!(unsafe { UnregisterClassW(without_provenance(atom.into()), null_mut()) }, TRUE);
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_of_windows_come_in_their_order() {
    let class = class(Some(recording));
    let stale = Win::with(&class, 0, HWND_MESSAGE);
    stale.destroy();
    let window = Win::with(&class, 0, HWND_MESSAGE);
    let create = |name: *const u16, style, parent| {
        // SAFETY: the name is NULL or ends with 0.
        unsafe { CreateWindowExW(0, name, null(), style, 0, 0, 0, 0, parent, null_mut(), null_mut(), null()) }
    };
    let (known, unknown) = (class.as_ptr(), wide("no such class"));
    fails(|| create(null(), WS_CHILD, stale.raw()), null_mut(), ERROR_CANNOT_FIND_WND_CLASS);
    fails(|| create(unknown.as_ptr(), WS_CHILD, stale.raw()), null_mut(), ERROR_CANNOT_FIND_WND_CLASS);
    fails(|| create(without_provenance(0xBFFF), 0, null_mut()), null_mut(), ERROR_CANNOT_FIND_WND_CLASS);
    fails(|| create(known, WS_CHILD, stale.raw()), null_mut(), ERROR_INVALID_WINDOW_HANDLE);
    fails(|| create(known, WS_CHILD, null_mut()), null_mut(), ERROR_TLW_WITH_WSCHILD);
    let elsewhere = move || {
        let class = window::class(Some(recording));
        let (parent, style) = (window.raw(), WS_CHILD);
        // SAFETY: the name ends with 0.
        let create = || unsafe {
            CreateWindowExW(
                0,
                class.as_ptr(),
                null(),
                style,
                0,
                0,
                0,
                0,
                parent,
                null_mut(),
                null_mut(),
                null(),
            )
        };
        fails(create, null_mut(), ERROR_ACCESS_DENIED);
        // SAFETY: no memory is passed.
        fails(|| unsafe { DestroyWindow(parent) }, FALSE, ERROR_ACCESS_DENIED);
    };
    spawn(elsewhere).join().unwrap();
    // SAFETY: where something is written, there is nowhere to write to, or the window is stale.
    unsafe {
        let mut text = [0u16; 4];
        fails(|| ShowWindow(stale.raw(), SW_SHOW), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| UpdateWindow(stale.raw()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| IsWindowVisible(stale.raw()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| IsWindowUnicode(stale.raw()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| IsChild(stale.raw(), window.raw()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| IsChild(window.raw(), stale.raw()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetParent(stale.raw()), null_mut(), ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetWindowThreadProcessId(stale.raw(), null_mut()), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetClassNameW(stale.raw(), null_mut(), 0), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetClassNameW(window.raw(), text.as_mut_ptr(), 0), 0, ERROR_INVALID_PARAMETER);
        fails(|| GetWindowTextW(stale.raw(), null_mut(), 4), 0, ERROR_INVALID_PARAMETER);
        fails(|| GetWindowTextW(stale.raw(), text.as_mut_ptr(), 4), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| SetWindowTextA(stale.raw(), null()), FALSE, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| GetWindowTextLengthA(stale.raw()), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| DefWindowProcA(stale.raw(), WM_CLOSE, 0, 0), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| CallWindowProcA(None, window.raw(), WM_NULL, 0, 0), 0, ERROR_INVALID_PARAMETER);
        fails(
            || FindWindowExW(stale.raw(), null_mut(), null(), null()),
            null_mut(),
            ERROR_INVALID_WINDOW_HANDLE,
        );
        fails(|| FindWindowW(unknown.as_ptr(), null()), null_mut(), ERROR_CANNOT_FIND_WND_CLASS);
    }
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Linux: where Microsoft names no order of two faults, it is this library's")]
fn errors_of_classes_come_in_their_order() {
    let name = wide("a class of errors");
    let whole = WNDCLASSEXW {
        cbSize: size_of::<WNDCLASSEXW>() as u32,
        lpfnWndProc: Some(recording),
        lpszClassName: name.as_ptr(),
        ..WNDCLASSEXW::default()
    };
    let (empty, long) = (wide(""), wide(&"x".repeat(256)));
    let bad = [
        WNDCLASSEXW { cbSize: 1, ..whole },
        WNDCLASSEXW { lpfnWndProc: None, ..whole },
        WNDCLASSEXW { cbClsExtra: -1, ..whole },
        WNDCLASSEXW { cbWndExtra: -1, ..whole },
        WNDCLASSEXW { lpszClassName: null(), ..whole },
        WNDCLASSEXW { lpszClassName: empty.as_ptr(), ..whole },
        WNDCLASSEXW { lpszClassName: long.as_ptr(), ..whole },
        WNDCLASSEXW { lpszClassName: without_provenance(0xC000), ..whole },
    ];
    // SAFETY: every class and name is whole or refused; where something is written, it is writable or NULL.
    unsafe {
        for class in &bad {
            fails(|| RegisterClassExW(class), 0, ERROR_INVALID_PARAMETER);
        }
        fails(|| RegisterClassExW(null()), 0, ERROR_INVALID_PARAMETER);
        fails(|| RegisterClassExA(null()), 0, ERROR_INVALID_PARAMETER);
        fails(|| RegisterClassW(null()), 0, ERROR_INVALID_PARAMETER);
        fails(|| RegisterClassA(null()), 0, ERROR_INVALID_PARAMETER);
        let mut info = WNDCLASSEXW::default();
        fails(|| GetClassInfoExW(null_mut(), name.as_ptr(), &mut info), FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        fails(|| GetClassInfoExW(null_mut(), null(), null_mut()), FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        fails(|| UnregisterClassW(name.as_ptr(), null_mut()), FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        fails(|| UnregisterClassA(null(), null_mut()), FALSE, ERROR_CLASS_DOES_NOT_EXIST);

        let atom = RegisterClassExW(&whole);
        assert_ne!(atom, 0);
        fails(|| RegisterClassExW(&whole), 0, ERROR_CLASS_ALREADY_EXISTS);
        let static_name = wide("Static");
        let system = WNDCLASSEXW { lpszClassName: static_name.as_ptr(), ..whole };
        fails(|| RegisterClassExW(&system), 0, ERROR_CLASS_ALREADY_EXISTS);
        fails(|| GetClassInfoExW(null_mut(), name.as_ptr(), null_mut()), FALSE, ERROR_NOACCESS);
        let window = Win::with(&name, 0, HWND_MESSAGE);
        fails(|| UnregisterClassW(name.as_ptr(), null_mut()), FALSE, ERROR_CLASS_HAS_WINDOWS);
        window.destroy();
        assert_eq!(UnregisterClassW(name.as_ptr(), null_mut()), TRUE);
        fails(|| UnregisterClassW(name.as_ptr(), null_mut()), FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        assert_eq!(RegisterClassExW(&whole), atom, "a name keeps its number");
        assert_eq!(UnregisterClassW(without_provenance(atom.into()), null_mut()), TRUE);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn a_class_remembers_what_it_was_registered_with() {
    let (name, menu) = (wide("a class with everything"), wide("menu"));
    let handle = |number: usize| without_provenance_mut(number);
    // SAFETY: the names are the system's.
    let (cursor, icon, brush) = unsafe {
        (
            LoadCursorW(null_mut(), IDC_ARROW),
            LoadIconA(null_mut(), IDI_APPLICATION.cast()),
            GetStockObject(WHITE_BRUSH),
        )
    };
    assert!(!cursor.is_null() && !icon.is_null() && !brush.is_null() && cursor != icon);
    let class = WNDCLASSEXW {
        cbSize: size_of::<WNDCLASSEXW>() as u32,
        style: CS_DBLCLKS,
        lpfnWndProc: Some(recording),
        cbClsExtra: 12,
        cbWndExtra: 20,
        hInstance: handle(0x1000),
        hIcon: icon,
        hCursor: cursor,
        hbrBackground: brush,
        lpszMenuName: menu.as_ptr(),
        lpszClassName: name.as_ptr(),
        hIconSm: handle(0x2000),
    };
    // SAFETY: the class is whole, the texts end with 0, what is written to is writable.
    unsafe {
        let atom = RegisterClassExW(&class);
        let mut info = WNDCLASSEXW::default();
        let asked = wide("A Class With Everything");
        assert_eq!(GetClassInfoExW(null_mut(), asked.as_ptr(), &mut info), i32::from(atom));
        assert_eq!((info.style, info.cbClsExtra, info.cbWndExtra), (CS_DBLCLKS, 12, 20));
        assert_eq!((info.hInstance, info.hIcon, info.hIconSm), (handle(0x1000), icon, handle(0x2000)));
        assert_eq!((info.hCursor, info.hbrBackground), (cursor, brush));
        assert_eq!(info.lpszClassName, asked.as_ptr());
        assert_eq!(std::slice::from_raw_parts(info.lpszMenuName, menu.len()), menu);
        let mut narrow = WNDCLASSA::default();
        assert_eq!(GetClassInfoA(null_mut(), c"a class with everything".as_ptr().cast(), &mut narrow), TRUE);
        assert_eq!(std::ffi::CStr::from_ptr(narrow.lpszMenuName.cast()), c"menu");
        let mut narrow = WNDCLASSEXA::default();
        assert_ne!(GetClassInfoExA(null_mut(), without_provenance(atom.into()), &mut narrow), 0);
        let mut plain = WNDCLASSW::default();
        assert_eq!(GetClassInfoW(null_mut(), name.as_ptr(), &mut plain), TRUE);
        assert_eq!(plain.hIcon, icon);

        let window = Win::with(&name, 0, HWND_MESSAGE);
        let word = |index| GetClassLongPtrW(window.raw(), index);
        assert_eq!((word(GCW_ATOM), word(GCL_CBCLSEXTRA)), (atom.into(), 12));
        assert_eq!((word(GCL_CBWNDEXTRA), word(GCL_STYLE)), (20, CS_DBLCLKS as usize));
        assert_eq!((word(GCLP_HMODULE), word(GCLP_HICONSM)), (0x1000, 0x2000));
        assert_eq!((word(GCLP_HICON), word(GCLP_HCURSOR)), (icon.addr(), cursor.addr()));
        assert_eq!(word(GCLP_HBRBACKGROUND), brush.addr());
        assert_eq!(word(GCLP_WNDPROC), recording as *const () as usize);
        assert_eq!(SetClassLongPtrA(window.raw(), 0, -5), 0);
        assert_eq!(SetClassLongPtrW(window.raw(), 0, 7), -5isize as usize);
        assert_eq!(SetClassLongW(window.raw(), 8, 3), 0);
        assert_eq!(SetClassLongA(window.raw(), 8, 4), 3);
        assert_eq!((GetClassLongW(window.raw(), 8), GetClassLongPtrA(window.raw(), 0)), (4, 7));
        assert_eq!(GetClassLongA(window.raw(), GCW_ATOM), atom.into());
        fails(|| GetClassLongPtrW(window.raw(), 5), 0, ERROR_INVALID_INDEX);
        fails(|| GetClassLongW(window.raw(), 9), 0, ERROR_INVALID_INDEX);
        fails(|| GetClassLongW(window.raw(), GCLP_WNDPROC), 0, ERROR_INVALID_INDEX);
        fails(|| SetClassLongPtrW(window.raw(), GCLP_HICON, 1), 0, ERROR_INVALID_INDEX);
        let mut text = [0u16; 8];
        assert_eq!(GetClassNameW(window.raw(), text.as_mut_ptr(), 8), 7);
        assert_eq!(String::from_utf16_lossy(&text), "a class\0");
        let mut text = [0u8; 64];
        assert_eq!(GetClassNameA(window.raw(), text.as_mut_ptr(), 64), 23);
        window.destroy();
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn the_system_s_names_are_the_only_ones() {
    // SAFETY: the names are numbers, or end with 0.
    unsafe {
        assert_eq!(LoadCursorW(null_mut(), IDC_WAIT), LoadCursorA(null_mut(), IDC_WAIT.cast()));
        assert_eq!(LoadIconW(null_mut(), IDI_ERROR), LoadIconA(null_mut(), IDI_HAND.cast()));
        let none = ERROR_RESOURCE_NAME_NOT_FOUND;
        fails(|| LoadCursorW(null_mut(), null()), null_mut(), none);
        fails(|| LoadCursorA(null_mut(), c"mine".as_ptr().cast()), null_mut(), none);
        fails(|| LoadCursorA(null_mut(), without_provenance(1)), null_mut(), none);
        fails(|| LoadIconW(without_provenance_mut(4), IDI_ERROR), null_mut(), none);
        fails(|| LoadIconA(null_mut(), without_provenance(1)), null_mut(), none);
        fails(|| GetStockObject(6), null_mut(), ERROR_INVALID_PARAMETER);
    }
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn a_window_remembers_words() {
    let class = class(Some(recording));
    let window = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    let owner = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    let raw = window.raw();
    // SAFETY: procedures are real ones.
    unsafe {
        for (index, value) in [(GWLP_USERDATA, -7), (GWLP_ID, 9), (GWLP_HINSTANCE, 0x1000), (0, -1), (16, 5)]
        {
            assert_eq!(SetWindowLongPtrW(raw, index, value), 0);
            assert_eq!(SetWindowLongPtrA(raw, index, value), value);
            assert_eq!((GetWindowLongPtrW(raw, index), GetWindowLongPtrA(raw, index)), (value, value));
        }
        assert_eq!(GetWindowLongW(raw, GWL_STYLE) as u32, WS_OVERLAPPEDWINDOW);
        assert_eq!(SetWindowLongW(raw, GWL_EXSTYLE, 8), 0);
        assert_eq!(SetWindowLongA(raw, GWL_EXSTYLE, 0), 8);
        assert_eq!(SetWindowLongA(raw, 20, -3), 0);
        assert_eq!((GetWindowLongA(raw, 20), GetWindowLongW(raw, 16)), (-3, 5));
        assert_eq!(SetWindowLongPtrW(raw, GWLP_HWNDPARENT, owner.0 as isize), 0);
        assert_eq!(GetWindowLongPtrW(raw, GWLP_HWNDPARENT), owner.0 as isize);
        assert_eq!(IsWindowUnicode(raw), TRUE);
        assert_eq!(
            SetWindowLongPtrA(raw, GWLP_WNDPROC, looking_a as *const () as usize as isize),
            recording as *const () as usize as isize
        );
        assert_eq!(IsWindowUnicode(raw), FALSE);

        fails(|| GetWindowLongPtrW(raw, 17), 0, ERROR_INVALID_INDEX);
        fails(|| GetWindowLongW(raw, 21), 0, ERROR_INVALID_INDEX);
        fails(|| GetWindowLongPtrW(raw, -1), 0, ERROR_INVALID_INDEX);
        fails(|| GetWindowLongPtrW(raw, i32::MAX), 0, ERROR_INVALID_INDEX);
        for index in [GWLP_WNDPROC, GWLP_HINSTANCE, GWLP_HWNDPARENT] {
            fails(|| GetWindowLongW(raw, index), 0, ERROR_INVALID_INDEX);
            fails(|| SetWindowLongW(raw, index, 0), 0, ERROR_INVALID_INDEX);
        }
        fails(|| SetWindowLongPtrW(raw, GWLP_WNDPROC, 0), 0, ERROR_INVALID_PARAMETER);
        fails(
            || SetWindowLongPtrW(raw, GWLP_HWNDPARENT, raw.addr() as isize),
            0,
            ERROR_INVALID_WINDOW_HANDLE,
        );
        fails(|| GetWindowLongPtrA(null_mut(), 99), 0, ERROR_INVALID_WINDOW_HANDLE);
        fails(|| SetWindowLongPtrA(null_mut(), 99, 0), 0, ERROR_INVALID_WINDOW_HANDLE);
    }
    owner.destroy();
    assert!(!window.is_there(), "it went with its new owner");
}

/// Answers what it is asked, and leaves the rest to the one before.
unsafe extern "system" fn on_top(hwnd: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    // SAFETY: the caller's promise.
    unsafe {
        match message {
            WM_APP => 11,
            _ => CallWindowProcW(Some(recording), hwnd, message, wparam, lparam),
        }
    }
}

#[test]
fn a_procedure_may_stand_before_another() {
    let window = Win::new(Some(recording));
    told();
    // SAFETY: the procedure is a real one.
    unsafe { SetWindowLongPtrW(window.raw(), GWLP_WNDPROC, on_top as *const () as usize as isize) };
    assert_eq!((window.send(WM_APP, 0), window.send(WM_APP + 1, 0)), (11, 0));
    assert_eq!(told(), [(window.0, WM_APP + 1)]);
    window.destroy();
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn titles_are_what_the_asker_understands() {
    let narrow = WNDCLASSA {
        lpfnWndProc: Some(looking_a),
        lpszClassName: c"narrow titles".as_ptr().cast(),
        ..WNDCLASSA::default()
    };
    // SAFETY: the class is whole.
    assert_ne!(unsafe { RegisterClassA(&narrow) }, 0);
    for class in [class(Some(recording)), wide("narrow titles"), wide("Static")] {
        let (name, title) = (class.as_ptr(), wide("first"));
        // SAFETY: the texts end with 0, and what is written to has the room.
        unsafe {
            let window = CreateWindowExW(
                0,
                name,
                title.as_ptr(),
                0,
                0,
                0,
                0,
                0,
                HWND_MESSAGE,
                null_mut(),
                null_mut(),
                null(),
            );
            assert!(!window.is_null(), "{}", error());
            assert_eq!(GetWindowTextLengthW(window), if IsWindowUnicode(window) != 0 { 5 } else { 15 });
            assert_eq!(SetWindowTextA(window, c"gr\u{fc}n".as_ptr().cast()), TRUE);
            let mut text = [9u16; 8];
            assert_eq!(GetWindowTextW(window, text.as_mut_ptr(), 8), 4);
            assert_eq!(text[..5], wide("gr\u{fc}n"));
            assert_eq!(SetWindowTextW(window, wide("\u{20ac}uro").as_ptr()), TRUE);
            let mut text = [9u8; 16];
            assert_eq!(GetWindowTextA(window, text.as_mut_ptr(), 16), 6);
            assert_eq!(&text[..7], "\u{20ac}uro\0".as_bytes());
            assert!(GetWindowTextLengthA(window) >= 6);
            assert_eq!(GetWindowTextA(window, text.as_mut_ptr(), 1), 0);
            assert_eq!(text[0], 0);
            assert_eq!(SetWindowTextW(window, null()), TRUE);
            assert_eq!(GetWindowTextW(window, [9u16; 2].as_mut_ptr(), 2), 0);
            DestroyWindow(window);
        }
    }
}

#[test]
fn windows_are_found_by_class_and_title() {
    let class = class(Some(recording));
    let (first, second) = (Win::with(&class, 0, null_mut()), Win::with(&class, 0, null_mut()));
    let hidden = Win::with(&class, 0, HWND_MESSAGE);
    let child = Win::with(&class, WS_CHILD, first.raw());
    let title = wide("found");
    // SAFETY: the texts end with 0.
    unsafe {
        SetWindowTextW(second.raw(), title.as_ptr());
        assert_eq!(FindWindowW(class.as_ptr(), title.as_ptr()), second.raw());
        assert_eq!(FindWindowA(null(), c"found".as_ptr().cast()), second.raw());
        assert!(FindWindowA(null(), c"not found".as_ptr().cast()).is_null());
        let found = FindWindowExW(null_mut(), null_mut(), class.as_ptr(), null());
        let next = FindWindowExW(null_mut(), found, class.as_ptr(), null());
        let mut both = [found, next];
        both.sort_unstable();
        let mut expected = [first.raw(), second.raw()];
        expected.sort_unstable();
        assert_eq!(both, expected);
        assert!(FindWindowExW(null_mut(), next, class.as_ptr(), null()).is_null());
        assert_eq!(FindWindowExW(HWND_MESSAGE, null_mut(), class.as_ptr(), null()), hidden.raw());
        assert_eq!(FindWindowExA(first.raw(), null_mut(), null(), null()), child.raw());
    }
    [first, second, hidden].into_iter().for_each(Win::destroy);
}

#[test]
#[cfg_attr(windows, ignore = "Wine 8: classes and windows: defaults, texts and the order of messages")]
fn what_is_shown_is_remembered() {
    let class = class(Some(recording));
    let window = Win::with(&class, WS_OVERLAPPEDWINDOW, null_mut());
    let child = Win::with(&class, WS_CHILD | WS_VISIBLE, window.raw());
    told();
    // SAFETY: no memory is passed.
    unsafe {
        assert_eq!((IsWindowVisible(window.raw()), IsWindowVisible(child.raw())), (FALSE, FALSE));
        assert_eq!(ShowWindow(window.raw(), SW_SHOW), FALSE);
        assert_eq!(ShowWindow(window.raw(), SW_SHOWNORMAL), TRUE);
        assert_eq!((IsWindowVisible(window.raw()), IsWindowVisible(child.raw())), (TRUE, TRUE));
        assert_eq!(UpdateWindow(window.raw()), TRUE);
        assert_eq!(ShowWindow(window.raw(), SW_HIDE), TRUE);
        assert_eq!(IsWindowVisible(window.raw()), FALSE);
    }
    assert_eq!(told(), [(window.0, WM_SHOWWINDOW), (window.0, WM_SHOWWINDOW)]);
    assert!(take().is_none(), "nothing is drawn");
    window.destroy();
}

#[test]
fn the_default_closes_and_answers() {
    let window = Win::new(Some(recording));
    assert_eq!((window.send(WM_QUERYOPEN, 0), window.send(WM_QUERYENDSESSION, 0)), (1, 1));
    assert_eq!(window.send(WM_APP, 0), 0);
    told();
    window.send(WM_SYSCOMMAND, SC_CLOSE as usize);
    let told: Vec<u32> = told().into_iter().map(|told| told.1).collect();
    assert_eq!(told, [WM_SYSCOMMAND, WM_CLOSE, WM_DESTROY, WM_NCDESTROY]);
    assert!(!window.is_there());
    let key = MSG { message: WM_KEYDOWN, ..MSG::default() };
    // SAFETY: the messages are readable.
    unsafe {
        assert_eq!(TranslateMessage(&key), TRUE);
        assert_eq!(TranslateMessage(&MSG::default()), FALSE);
    }
}
