"""Ids of the organisations in which the people of the demonstration work. They are the same in every size."""

from __future__ import annotations

from typing import Final

#: A school in a county of Hangzhou (桐庐县), with purchaser, approver, acceptor, finance and manager.
SCHOOL: Final = "B00001"
SCHOOL_REGION: Final = "330122"
#: A hospital in Ningbo.
HOSPITAL: Final = "B00002"
HOSPITAL_REGION: Final = "330200"
#: Two suppliers with many listings in many categories.
SUPPLIER: Final = "S00001"
SUPPLIER2: Final = "S00002"
#: Finance bureaus: the school's county, and the province.
COUNTY_BUREAU: Final = "G330122"
PROVINCE_BUREAU: Final = "G330000"

#: users.csv ids: `<organisation>-<role>` for each organisation's first holder of a role.
SCHOOL_PURCHASER: Final = f"{SCHOOL}-purchaser"
SCHOOL_APPROVER: Final = f"{SCHOOL}-approver"
SCHOOL_ACCEPTOR: Final = f"{SCHOOL}-acceptor"
SCHOOL_FINANCE: Final = f"{SCHOOL}-finance"
HOSPITAL_PURCHASER: Final = f"{HOSPITAL}-purchaser"
SUPPLIER_SELLER: Final = f"{SUPPLIER}-seller"
SUPPLIER2_SELLER: Final = f"{SUPPLIER2}-seller"
COUNTY_SUPERVISOR: Final = f"{COUNTY_BUREAU}-supervisor"
PROVINCE_LEAD: Final = f"{PROVINCE_BUREAU}-lead"
