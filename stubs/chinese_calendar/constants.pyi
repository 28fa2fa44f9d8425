from datetime import date

holidays: dict[date, str]
workdays: dict[date, str]
