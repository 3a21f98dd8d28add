"""What follows a supplier and its organisation where two listings become one (`marketplace.web.carriers`)."""

from django.db.models import Q

from marketplace.web.carriers import carry, leave
from suppliers.models import (
    Contact,
    CriterionAnswer,
    CustomerReference,
    Decision,
    DirectoryEntry,
    DuplicateCheck,
    DuplicatePair,
    EvidenceFile,
    HeldCertification,
    ListedRow,
    NeqProposal,
    Offer,
    Registration,
    RegistryDrift,
    RegistryRecord,
    ServedArea,
    Supplier,
    SupplierImportRow,
    SupplierMerge,
    SupplierPicture,
    Triage,
)

leave(Supplier, "organisation", why="the two that are merged")
carry(Supplier.purposes.through, "supplier")
carry(Contact, "supplier", alike=("name", "email", "phone"))
carry(Offer, "supplier", alike=("kind", "title"))
carry(ServedArea, "supplier", follows="offer")
carry(EvidenceFile, "supplier")
carry(CriterionAnswer, "supplier")
carry(HeldCertification, "supplier")
carry(SupplierPicture, "supplier")
carry(CustomerReference, "supplier")
carry(Registration, "supplier")
carry(ListedRow, "supplier")  # by which the next import of a list finds it
leave(RegistryRecord, "supplier", why="it goes with the NEQ (`duplicates.merging`)")
leave(
    RegistryDrift,
    "supplier",
    why="what the registry says of that NEQ, beside that listing",
    by_itself=Q(state=RegistryDrift.State.WAITING),
)
leave(Decision, "supplier", why="each undoes what it wrote over, there", by_itself=Q(verb="import"))
leave(
    NeqProposal,
    "supplier",
    "organisation",
    why="what was asked of that row of a list, and answered",
    by_itself=Q(state=NeqProposal.State.PROPOSED),
)
leave(DirectoryEntry, "supplier", why="written again by the index")
leave(Triage, "supplier", why="judged again", by_itself=Q(choice=""))
leave(SupplierImportRow, "supplier", why="what that import wrote there, and would undo there")
leave(
    DuplicatePair,
    "first",
    "second",
    why="two listings as they are",
    by_itself=Q(state=DuplicatePair.State.FOUND),
)
leave(DuplicateCheck, "supplier", why="each is compared again")
leave(SupplierMerge, "kept", "lost", why="which became which")
