"""Canadian English, where Django itself writes a date or a number; a date is typed as the calendar fields send it."""

DATE_FORMAT = "F\xa0j, Y"
SHORT_DATE_FORMAT = "M\xa0j,\xa0Y"
TIME_FORMAT = "g:i\xa0a"
DATETIME_FORMAT = "F\xa0j, Y, g:i\xa0a"
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
