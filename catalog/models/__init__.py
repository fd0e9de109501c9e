"""Categories, standard goods, listings, and the observations of prices."""

from catalog.listing_states import Review, Sale
from catalog.models.alerts import (
    AlertSettings,
    ListingAlert,
    ListingSales,
    ListingThreshold,
)
from catalog.models.bulk import (
    ImportMode,
    ImportState,
    ListingImport,
    ListingImportRow,
    PriceRule,
    PriceStep,
    Rounding,
    Verdict,
)
from catalog.models.catalog_requests import CatalogRequest, CertificatePaper, RequestKind, RequestState
from catalog.models.categories import AttributeType, Category, CategoryAttribute
from catalog.models.checks import (
    CheckedWord,
    CheckVerdict,
    Finding,
    MarkedVerdict,
)
from catalog.models.favourites import Favourite, FavouriteList
from catalog.models.good_details import (
    ChangeKind,
    GoodChange,
    GoodLabel,
    GoodPicture,
)
from catalog.models.good_work import (
    GoodFault,
    GoodMerge,
    GoodPair,
    GoodProposal,
    MovedRows,
    PairState,
    ProposalState,
    SchemaChange,
    SchemaChangeState,
)
from catalog.models.goods import (
    Brand,
    Good,
    GoodFigures,
    PolicyLabel,
)
from catalog.models.halls import (
    GoodOrigin,
    Hall,
    HallGood,
    HallLayout,
    HallRegion,
    HallRule,
    HallShare,
    OriginCounty,
)
from catalog.models.listing_life import ListingVersion
from catalog.models.listings import (
    Listing,
    PriceChange,
    ReviewDecision,
)
from catalog.models.price_index import PriceIndex
from catalog.models.price_levels import PriceLevel, PriceModel
from catalog.models.prices import (
    GoodPriceStatistics,
    PriceObservation,
    PriceStatisticsMark,
    QuantityBand,
    Tier,
)
from catalog.models.quotes import QuoteObservation
from catalog.models.references import FetchState, ReferenceContest, ReferenceFetch, ReferencePrice
from catalog.models.searching import (
    DemandRequest,
    DemandState,
    EmptySearch,
    SavedSearch,
    SearchHistory,
    SearchPreference,
)
from catalog.models.stores import StoreFreeze, Storefront, StoreVersion
from catalog.models.vocabulary import SearchWord, Synonym, WordKind

__all__ = [
    "AlertSettings",
    "AttributeType",
    "Brand",
    "CatalogRequest",
    "Category",
    "CategoryAttribute",
    "CertificatePaper",
    "ChangeKind",
    "CheckVerdict",
    "CheckedWord",
    "DemandRequest",
    "DemandState",
    "EmptySearch",
    "Favourite",
    "FavouriteList",
    "FetchState",
    "Finding",
    "Good",
    "GoodChange",
    "GoodFault",
    "GoodFigures",
    "GoodLabel",
    "GoodMerge",
    "GoodOrigin",
    "GoodPair",
    "GoodPicture",
    "GoodPriceStatistics",
    "GoodProposal",
    "Hall",
    "HallGood",
    "HallLayout",
    "HallRegion",
    "HallRule",
    "HallShare",
    "ImportMode",
    "ImportState",
    "Listing",
    "ListingAlert",
    "ListingImport",
    "ListingImportRow",
    "ListingSales",
    "ListingThreshold",
    "ListingVersion",
    "MarkedVerdict",
    "MovedRows",
    "OriginCounty",
    "PairState",
    "PolicyLabel",
    "PriceChange",
    "PriceIndex",
    "PriceLevel",
    "PriceModel",
    "PriceObservation",
    "PriceRule",
    "PriceStatisticsMark",
    "PriceStep",
    "ProposalState",
    "QuantityBand",
    "QuoteObservation",
    "ReferenceContest",
    "ReferenceFetch",
    "ReferencePrice",
    "RequestKind",
    "RequestState",
    "Review",
    "ReviewDecision",
    "Rounding",
    "Sale",
    "SavedSearch",
    "SchemaChange",
    "SchemaChangeState",
    "SearchHistory",
    "SearchPreference",
    "SearchWord",
    "StoreFreeze",
    "StoreVersion",
    "Storefront",
    "Synonym",
    "Tier",
    "Verdict",
    "WordKind",
]
