"""The icons: our own set, drawn on a grid of 24, stroke 1.75, round ends. Always beside a word."""

ICONS: dict[str, str] = {
    "arrow": '<path d="M4 12h15m-6-6 6 6-6 6"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4"/>',
    "bookmark": '<path d="M6.5 3.5h11v17L12 16l-5.5 4.5z"/>',
    "building": (
        '<path d="M4 20.5V8.5l8-5 8 5v12M2.5 20.5h19M9 20.5v-4.5h6v4.5M8.5 10.5v2M12 10.5v2M15.5 10.5v2"/>'
    ),
    "calendar": (
        '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 9.5h17M8 2.8V6M16 2.8V6"/>'
    ),
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l3.5 2.5"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "done": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8 5.2-6"/>',
    "down": '<path d="m5 9 7 7 7-7"/>',
    "download": '<path d="M12 3.5v12m-5-5 5 5 5-5M4 20.5h16"/>',
    "external": '<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>',
    "eye": (
        '<path d="M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 '
        '12Z"/><circle cx="12" cy="12" r="3"/>'
    ),
    "file": '<path d="M6 2.8h8.5L19 7.3v14H6z"/><path d="M14 3v5h5M9 12.5h6.5M9 16.5h6.5"/>',
    "filter": '<path d="M3 6h18M6.5 12h11M10 18h4"/>',
    "flag": '<path d="M5 21V4M5 5c5-3 8 3 14 0v8.5c-6 3-9-3-14 0"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "leaf": '<path d="M5 19C4 10 9 4.5 20 4c.5 11-5 16-13 14.5M5 20.5c1.5-5 4.5-8.5 9-11"/>',
    "leave": '<path d="M10 4.5H4.5v15H10M9.5 12h10.5m-4.5-4.5 4.5 4.5-4.5 4.5"/>',
    "list": '<path d="M8 6h13M8 12h13M8 18h13M3.5 6h.1M3.5 12h.1M3.5 18h.1"/>',
    "lock": '<rect x="4.5" y="10.5" width="15" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 6.5 8.5 7 8.5-7"/>',
    "map": '<path d="m3 6.5 6-2.5 6 2.5 6-2.5v13.5L15 20l-6-2.5L3 20V6.5Z"/><path d="M9 4v13.5M15 6.5V20"/>',
    "menu": '<path d="M3.5 6.5h17M3.5 12h17M3.5 17.5h17"/>',
    "minus": '<path d="M5 12h14"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "pencil": '<path d="M4 20.5 5 16 16.5 4.5l3.5 3.5L8.5 19.5z"/><path d="m14 7 3.5 3.5"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 20.5c.8-4 3.8-6 8-6s7.2 2 8 6"/>',
    "phone": (
        '<path d="M5 3.5h4l1.5 4.5-2.3 1.7a12.5 12.5 0 0 0 6.1 6.1l1.7-2.3 4.5 1.5v4c0 1-.8 1.7-1.8 '
        '1.6C10.4 20 4 13.6 3.4 5.3 3.3 4.3 4 3.5 5 3.5Z"/>'
    ),
    "pin": (
        '<path d="M12 21c-4.8-5.3-7-8.3-7-11.5a7 7 0 0 1 14 0c0 3.2-2.2 6.2-7 11.5Z"/><circle cx="12" '
        'cy="9.5" r="2.5"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "previous": '<path d="m15 5-7 7 7 7"/>',
    "print": '<path d="M7 8.5v-5h10v5M7 17H4V8.5h16V17h-3M7 14h10v6.5H7z"/>',
    "renew": (
        '<path d="M5 9.5A7.5 7.5 0 0 1 18.7 8M19 14.5A7.5 7.5 0 0 1 5.3 16M19.5 3.5V8H15M4.5 20.5V16H9"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "stop": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 7.5v5.5M12 16.3v.1"/>',
    "swap": '<path d="M4 8h15m-4-4 4 4-4 4M20 16H5m4 4-4-4 4-4"/>',
    "table": '<path d="M3 9.5h18M6 9.5V20M18 9.5V20M8.5 5.5h7"/>',
    "team": (
        '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.5-3.7 2.8-5.5 6.5-5.5s6 1.8 6.5 5.5M15.5 '
        '5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.7c2.4.6 3.7 2.3 4 5.3"/>'
    ),
    "tools": (
        '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 '
        '16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2"/>'
    ),
    "upload": '<path d="M12 16V4m-5 5 5-5 5 5M4 20.5h16"/>',
    "warning": '<path d="M12 3.5 2.5 20h19L12 3.5Z"/><path d="M12 10v4.5M12 17.2v.1"/>',
}

_BLUE, _GREEN, _GOLD, _RED = "#2B3A82", "#1D5E49", "#E3A72F", "#A01C36"

# The vis-à-vis link: what is asked comes from the left in blue, what answers from the right in green.
KNOTS: dict[str, str] = {
    "full": (
        f'<path d="M44 7.25a12 12 0 0 1 0 19.5 12 12 0 0 1 0-19.5Z" fill="{_GOLD}"/>'
        f'<path d="M62 17H88" stroke="{_GREEN}" stroke-width="2.6"/>'
        f'<circle cx="51" cy="17" r="12" stroke="{_GREEN}" stroke-width="3"/>'
        f'<path d="M0 17H26" stroke="{_BLUE}" stroke-width="2.6"/>'
        '<path d="M38.5 5.1A12 12 0 0 1 48.3 13" stroke="#fff" stroke-width="5.2"/>'
        f'<circle cx="37" cy="17" r="12" stroke="{_BLUE}" stroke-width="3"/>'
        '<path d="M49.5 28.9A12 12 0 0 1 39.7 21" stroke="#fff" stroke-width="5.2"/>'
        f'<path d="M53 28.83A12 12 0 0 1 39.2 18.5" stroke="{_GREEN}" stroke-width="3"/>'
    ),
    "part": (
        f'<path d="M0 17H19" stroke="{_BLUE}" stroke-width="2.6"/>'
        f'<circle cx="30" cy="17" r="11" stroke="{_BLUE}" stroke-width="3"/>'
        f'<path d="M69 17H88" stroke="{_GREEN}" stroke-width="2.6" stroke-dasharray="4.5 3.5"/>'
        f'<circle cx="58" cy="17" r="11" stroke="{_GREEN}" stroke-width="3" stroke-dasharray="5 3.64"/>'
    ),
    "none": (
        f'<path d="M0 17H19" stroke="{_BLUE}" stroke-width="2.6"/>'
        f'<circle cx="30" cy="17" r="11" stroke="{_BLUE}" stroke-width="3"/>'
        f'<path d="m50 12 10 10M60 12 50 22" stroke="{_RED}" stroke-width="2.4" stroke-linecap="round"/>'
    ),
}
