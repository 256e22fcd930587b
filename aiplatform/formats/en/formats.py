"""English as it is read everywhere: 24 Nov 2026, 13:20."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
