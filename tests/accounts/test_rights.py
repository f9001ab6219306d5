"""What a permission in a province lets somebody do, and what roles stand for: tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import Forbidden
from api.security import rights
from api.security.rights import EVERYTHING, PERSONAL, ROLES, WHOLE_REGION, Permission, Principal, may, provinces

ONE, OTHER = "01.571", "01.511"
WRITE, SEND = Permission.WRITE, Permission.SEND
PERMISSIONS, PLACES = st.sampled_from(sorted(EVERYTHING)), st.sampled_from([ONE, OTHER, WHOLE_REGION])
GRANTS = st.dictionaries(PERMISSIONS, st.frozensets(PLACES, min_size=1))


def holder(grants: dict[Permission, frozenset[str]]) -> Principal:
    return Principal("amina", "account 1", grants)


@pytest.mark.parametrize(
    ("held", "province", "allowed"),
    [
        ({ONE}, ONE, True), ({ONE}, OTHER, False), ({ONE}, None, False), ({WHOLE_REGION}, ONE, True),
        ({WHOLE_REGION}, None, True), ({ONE, OTHER}, OTHER, True), (set(), ONE, False), (set(), None, False),
    ],
)  # fmt: skip
def test_a_permission_holds_in_its_provinces(held: set[str], province: str | None, allowed: bool) -> None:
    someone = holder({WRITE: frozenset(held)})
    assert may(someone, WRITE, province) is allowed
    assert not may(someone, SEND, province)
    with rights.acting(someone):
        if allowed:
            rights.require(WRITE, province)
        else:
            with pytest.raises(Forbidden, match=r"requires the right write.*manage_staff can grant it"):
                rights.require(WRITE, province)
    rights.require(WRITE, province)  # nobody acts: a command on the machine


@given(GRANTS, PERMISSIONS, st.sampled_from([ONE, OTHER, None]))
def test_what_is_seen_and_what_is_allowed_agree(
    grants: dict[Permission, frozenset[str]], permission: Permission, province: str | None
) -> None:
    someone = holder(grants)
    where = provinces(someone, permission)
    assert may(someone, permission, province) == (where is None or province in where)
    with rights.acting(someone):
        assert rights.visible([permission]) == where


def test_who_may_do_several_things_sees_the_rows_of_each() -> None:
    with rights.acting(holder({WRITE: frozenset({ONE}), SEND: frozenset({OTHER})})):
        assert rights.visible([WRITE, SEND]) == {ONE, OTHER}
        assert rights.visible([Permission.AUDIT]) == frozenset()
    assert rights.visible([WRITE]) is None


def test_the_shared_token_may_do_everything_and_has_no_name() -> None:
    someone = rights.shared("secret")
    assert all(may(someone, each, where) for each in EVERYTHING for where in (None, ONE))
    assert (someone.name, someone.fresh) == ("", True)


def test_roles_are_sets_of_permissions() -> None:
    assert set(ROLES) == {
        "editor", "approver", "moderator", "desk_officer", "auditor", "administrator", "association",
    }  # fmt: skip
    assert rights.of_names(["Desk officer", "approve"]) == {Permission.ANSWER, Permission.APPROVE}
    with pytest.raises(ValueError, match="no permission or role king"):
        rights.of_names(["king"])


def test_no_role_both_writes_and_approves_and_numbers_are_granted_by_themselves() -> None:
    """v8.2.1: what is dangerous together is not given together by a name."""
    for held in ROLES.values():
        assert not {Permission.WRITE, Permission.APPROVE} <= held
        assert Permission.SEE_NUMBERS not in held
    assert {Permission.APPROVE, Permission.MANAGE_STAFF, Permission.SEE_NUMBERS} == PERSONAL
