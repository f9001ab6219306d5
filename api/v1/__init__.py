"""The JSON API for staff, one file per resource."""

from api.v1 import agents as agent_routes
from api.v1 import clock as clock_routes
from api.v1 import commitments as commitment_routes
from api.v1 import desk as desk_routes
from api.v1 import ideas, residents
from api.v1 import messages as message_routes
from api.v1 import overview as overview_routes
from api.v1 import proposals as proposal_routes
from api.v1 import record as record_routes
from api.v1 import rules as rule_routes
from api.v1.accounts import session, staff, tokens
from api.v1.outreach import campaign_reports, invitations, meetings, updates
from api.v1.outreach import campaigns as campaign_routes
from api.v1.voting import answers as answer_routes
from api.v1.voting import consultations as consultation_routes
from api.v1.voting import drafts, words
from api.v1.voting import results as result_routes
from api.v1.voting import rounds as round_routes

# No two routes match the same path; a test checks this.
ROUTERS = (
    consultation_routes.router,
    result_routes.router,
    answer_routes.router,
    overview_routes.router,
    clock_routes.router,
    campaign_reports.router,
    campaign_routes.router,
    invitations.router,
    agent_routes.router,
    desk_routes.router,
    meetings.router,
    commitment_routes.router,
    updates.router,
    residents.router,
    drafts.router,
    words.router,
    message_routes.router,
    ideas.router,
    proposal_routes.router,
    round_routes.router,
    rule_routes.router,
    session.entrance,
    session.router,
    staff.router,
    tokens.router,
    record_routes.router,
)
