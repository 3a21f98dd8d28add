"""Who gets what from every address: the table that the walk is held against.

Six letters, one per role of `world.ROLES`: anonymous, enterprise, buyer, staff, foreign staff, platform admin.
o: the page. l: sent to sign in. a: sent elsewhere. m: does not exist. f: refused. n: wants another method. b: bad request.

« Foreign staff » work for a pôle that has nothing to do with the rows of the walk.
"""

from __future__ import annotations

EVERYONE = "oooooo"
SIGNED_IN = "looooo"
BACK_ROOM = "lllooo"
PLATFORM = "lllffo"
NOBODY = "lllfff"
TERRITORY = "llloao"  # outside the territory Django says that it does not exist, and leads back to the index
HIDDEN = "lllomo"  # a process page: outside the territory there is none
POST_ONLY = "lllnnn"
ALIAS = "lllaaa"  # leads on to another page
NOT_YET = ALIAS  # Django says that it does not exist

#: Address by full name, or by its route where it has none.
ADDRESSES: dict[str, str] = {
    "pages:home": EVERYONE,
    "pages:accessibility": EVERYONE,
    "pages:contact": EVERYONE,
    "pages:how_we_verify": EVERYONE,
    "pages:privacy": EVERYONE,
    "pages:terms": EVERYONE,
    "pages:my_space": SIGNED_IN,
    "pages:service_status": EVERYONE,
    "pages:about": EVERYONE,
    "pages:faq": EVERYONE,
    "pages:guide": EVERYONE,
    "pages:guides": EVERYONE,
    "pages:press": EVERYONE,
    "mail_tracking": "mmmmmm",  # a mail service alone, where one is named
    "metrics": "mmmmmm",  # for who shows the token of the environment
    "robots": EVERYONE,
    "sitemap": EVERYONE,
    "sitemap_file": EVERYONE,
    "suppliers:directory": EVERYONE,
    "suppliers:suggestions": EVERYONE,
    "suppliers:register": EVERYONE,
    "suppliers:register_begin": "aaaaaa",  # a POST opens; a GET leads back to the question
    "suppliers:register_step": "lommmm",  # of a sheet in preparation: its members; staff have the back room
    "suppliers:register_add_offer": "lommmm",
    "suppliers:register_offer": "lommmm",
    "suppliers:register_remove_offer": "lnnnnn",
    "suppliers:register_criterion": "lommmm",
    "suppliers:register_certification": "lommmm",
    "suppliers:register_codes": "lommmm",
    "suppliers:register_pictures": "lommmm",
    "suppliers:register_references": "lommmm",
    "suppliers:register_attest": "lnnnnn",
    "suppliers:register_receipt": "lnnnnn",
    "suppliers:register_withdraw": "lnnnnn",
    "suppliers:evidence": "momomo",  # members and the staff of the territory; nobody else learns that it exists
    "suppliers:claim": EVERYONE,  # of a published sheet: of another it shows the public name, tested apart
    "suppliers:supplier": "momomo",  # a sheet in preparation: its members and the staff of its territory
    "suppliers:sheet": "momomo",
    "suppliers:reach": "momomo",
    "suppliers:link_picture": "mmmmmm",  # of a published listing only
    "suppliers:picture": "mmmmmm",  # the walk's key is false
    "suppliers:reference": "mmmmmm",  # the walk's token is false
    "tenders:list": EVERYONE,
    "tenders:tender": EVERYONE,
    "tenders:picture": EVERYONE,
    "needs:list": EVERYONE,
    "needs:need": "mmoomo",  # shown to those invited: its institution and the staff of its territory
    "needs:document": "mmoomo",
    "needs:new": SIGNED_IN,
    "needs:mine": SIGNED_IN,
    "needs:write": "lmofmf",  # its institution; staff read it, and write nothing of it
    "needs:publish": "lmafmf",  # it is published: leads to its page
    "needs:copy": "lnnnnn",
    "needs:copy_tender": "lnnnnn",
    "needs:cancel": "lmoomo",
    "needs:close": "lmofmf",
    "needs:delete": "lmofmf",
    "needs:take_back": "lmofmf",
    "needs_admin:need": HIDDEN,
    "feeds_admin:file": BACK_ROOM,
    "feeds_admin:read_source": POST_ONLY,
    "feeds_admin:read_file": POST_ONLY,
    "needs_admin:decision": POST_ONLY,
    "buyers:list": EVERYONE,
    "buyers:register": EVERYONE,
    "buyers:register_institution": "aaaaaa",  # without a NEQ it leads back
    "accounts:enrolment": "lmmomo",  # staff of the territory read it; its person is nobody of the walk
    "accounts:claim": "lmmomo",
    "accounts:join_request_evidence": "lmmmmm",  # the walk's claim has no file
    "buyers:buyer": EVERYONE,
    "cohorts:list": EVERYONE,
    "cohorts:cohort": EVERYONE,
    "cohorts:calendar": EVERYONE,
    "cohorts:apply": SIGNED_IN,
    "cohorts:mine": SIGNED_IN,
    "cohorts:application": "lommmm",  # its members only: staff read it in the back room
    "cohorts:confirm": "lnnnnn",
    "cohorts:withdraw": "lommmm",
    "events:list": EVERYONE,
    "events:event": "mmmomo",  # a day in preparation: the staff of its pôle
    "events:picture": "mmmmmm",  # of an opened day only
    "events:poster": "mmmmmm",
    "events:register": "lmmomo",
    "events:wishes": "lmmama",  # leads back who does not come
    "events:agenda": "lmmama",
    "events:renew_calendar": "lnnnnn",
    "events:calendar": "mmmmmm",  # the walk's token is false
    "matching:alert_list": SIGNED_IN,
    "matching:new_alert": SIGNED_IN,
    "matching:alert": "lommmm",  # its person's alone
    "matching:alert_address": SIGNED_IN,
    "matching:alert_feeds": SIGNED_IN,
    "matching:my_mails": SIGNED_IN,
    "matching:digest": "mmmmmm",  # the walk's tokens are false: pages that say so
    "matching:mail_preferences": "mmmmmm",
    "matching:confirm_address": "mmmmmm",
    "matching:notice_calendar_feed": "mmmmmm",
    "matching:notice_rss_feed": "mmmmmm",
    "matching:saved_searches": SIGNED_IN,
    "matching:save_search": SIGNED_IN,
    "matching:saved_search": "lmommm",  # its person's alone
    "matching:stop_searches": "mmmmmm",
    "matching:unsubscribe": "mmmmmm",  # the walk's token is false: a page that says so
    "matching:stop_all": "mmmmmm",
    "matching:new_suppliers": SIGNED_IN,
    "matching:stop_new_suppliers": "mmmmmm",
    "dealings:supplier_outcomes": "lomomo",  # its members and the staff of its territory, as its figures are
    "dealings:supplier_outcome": "lomomo",
    "dealings:buyer_outcomes": "lmoomo",
    "dealings:buyer_outcome": "lmoomo",
    "dealings:selection": EVERYONE,
    "dealings:compare": EVERYONE,
    "dealings:export_csv": EVERYONE,
    "dealings:export_xlsx": EVERYONE,
    "dealings:export_pdf": EVERYONE,
    "dealings:keep_supplier": "nnnnnn",
    "dealings:create_shortlist": SIGNED_IN,
    "dealings:describe_shortlist": "lmommm",  # of an institution: its members, and no staff
    "dealings:act_on_shortlist": "lnnnnn",
    "dealings:shortlist_entry": "lmommm",
    "dealings:decline": "mmmmmm",
    "dealings:ask": SIGNED_IN,
    "dealings:inquiries": SIGNED_IN,
    "dealings:received": SIGNED_IN,
    "dealings:inquiry": "lmommm",  # those who asked, and no other: neither a supplier nor the pôle
    "dealings:inquiry_act": "lnnnnn",
    "dealings:inquiry_csv": "lmommm",
    "dealings:inquiry_pdf": "lmommm",
    "dealings:exchange": "loommm",  # its two parties
    "dealings:exchange_pdf": "loommm",
    "dealings:decline_inquiry": "loammm",  # who asked is led back to the exchange
    "dealings:report": "loommm",
    "dealings:accept_held": "lnnnnn",
    "dealings:inquiry_file": "lmmmmm",  # the walk's exchange has none
    "dealings:incoming_mail": "mmmmmm",  # no mail service is set
    "dealings:own_lists": SIGNED_IN,
    "dealings:own_list": "lmommm",  # an institution's own, whoever staff are
    "dealings:own_list_columns": "lmammm",  # confirmed already: it leads on
    "dealings:own_list_replacements": "lmommm",
    "dealings:own_list_row": "lnnnnn",
    "dealings:own_list_confirm": "lnnnnn",
    "dealings:own_list_csv": "lmommm",
    "dealings:own_list_xlsx": "lmommm",
    "dealings:own_list_erase": "lmommm",
    "dealings:decline_notice": "loaaaa",
    "dealings:follow_list": SIGNED_IN,
    "dealings:dates_feed": "lnnnnn",
    "dealings:follow": "lnnnnn",
    "dealings:interest": "loaaaa",
    "dealings:unfollow": EVERYONE,  # a dead link only says that nothing is followed
    "dealings:notice_calendar": EVERYONE,
    "dealings:consortium_list": SIGNED_IN,
    "dealings:consortium": "lommmm",  # its members; staff read in the back room that it exists
    "dealings:consortium_move": "lnnnnn",
    "dealings:consortium_part": "lommmm",
    "dealings:consortium_search": "loaaaa",
    "dealings:dates_calendar": "mmmmmm",  # the walk's token is false
    "dealings:tender_fit": "lmmooo",  # the walk's notice has no buyer here
    "dealings:invitation_record": "lmoomo",
    "dealings:need_fit": "lmoomo",
    "dealings:need_withdraw_invitation": "lnnnnn",
    "dealings:need_questions": "looomo",  # staff read what is published alone
    "dealings:need_quote": "loffmf",  # who is no enterprise of those invited reads why
    "dealings:need_quotes": "lmommm",  # neither staff nor platform admins are party to it
    "dealings:need_quote_file": "lommmm",  # sealed: its enterprise alone
    "dealings:need_record": "lmommm",
    "dealings:need_contract": "lmmmmm",  # nothing is decided yet
    "accounts:invitation": EVERYONE,
    "accounts:own_invitation": "lmmmmm",  # theirs only, and nobody in the walk is invited
    "accounts:own_data": SIGNED_IN,
    "accounts:own_data_export": "lnnnnn",
    "accounts:erase": SIGNED_IN,
    "accounts:members": "lomomo",  # of a sheet in preparation
    "accounts:members_change": "lnnnnn",
    "accounts:members_leave": "lommmm",
    "accounts:members_remove": "lomomo",
    "accounts:members_hand_over": "lommmm",
    "accounts:domains": "lmoomo",  # of a verified institution
    "accounts:domain_remove": "lnnnnn",
    "api:suppliers": EVERYONE,
    "api:supplier": "mmmmmm",  # the API only shows published sheets, to everyone alike
    "api:tenders": EVERYONE,
    "api:cohorts": EVERYONE,
    "api:needs": EVERYONE,
    "api:tender": EVERYONE,
    "api:events": EVERYONE,
    "api:schema": EVERYONE,
    "api:docs": EVERYONE,
    "demo:mailbox": EVERYONE,  # these stand in the demo only
    "demo:letter": "mmmmmm",
    "demo:letter_html": "mmmmmm",
    "demo:letter_source": "mmmmmm",
    "set_language": "nnnnnn",  # POST only
    "account_login": "oaaaaa",
    "account_logout": "aooooo",
    "account_signup": "oaaaaa",
    "account_email": SIGNED_IN,
    "account_email_verification_sent": EVERYONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": "laaaaa",
    "account_reset_password": EVERYONE,
    "account_reset_password_done": EVERYONE,
    "account_reset_password_from_key": EVERYONE,
    "account_reset_password_from_key_done": EVERYONE,
    "account_confirm_email": EVERYONE,
    "account_inactive": EVERYONE,
    "account_reauthenticate": SIGNED_IN,
    "security:overview": SIGNED_IN,
    "security:devices": SIGNED_IN,
    "security:end_one": "lnnnnn",
    "security:end_others": "lnnnnn",
    "security:required": "laaaaa",  # where nobody is asked for a second factor
    "security:go_on": "laaaaa",
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": "laaaaa",  # only between the password and the code
    "mfa_reauthenticate": "laaaaa",  # without one, by the password
    "mfa_activate_totp": "laaaaa",  # by way of one's password
    "mfa_deactivate_totp": "lmmmmm",  # nobody has one
    "mfa_view_recovery_codes": "lmmmmm",
    "mfa_generate_recovery_codes": "laaaaa",
    "mfa_download_recovery_codes": "lmmmmm",
    "security_admin:second_factor": "lllmmo",
    "security_admin:export_log": POST_ONLY,
    "admin:index": BACK_ROOM,
    "admin:login": "lffaaa",
    "admin:logout": "aaannn",
    "admin:password_change": ALIAS,
    "admin:password_change_done": ALIAS,
    "admin:jsi18n": BACK_ROOM,
    "admin:autocomplete": NOBODY,  # without a field to complete; tests/admin asks it for fields
    "admin:app_list": ALIAS,
    "gestion/(?P<url>.*)$": "lllmmm",
    "accounts_admin:people": BACK_ROOM,
    "accounts_admin:join_request": HIDDEN,
    "accounts_admin:email_domain": HIDDEN,
    "accounts_admin:decision": POST_ONLY,
    "accounts_admin:undo_join": HIDDEN,
    "cohorts_admin:move_cohort": POST_ONLY,
    "cohorts_admin:application": HIDDEN,
    "cohorts_admin:decision": POST_ONLY,
    "events_admin:participants": HIDDEN,
    "events_admin:grid": HIDDEN,
    "events_admin:export": HIDDEN,
    "events_admin:act": POST_ONLY,
    "web_admin:restore": HIDDEN,
    "classification_admin:try_lexicon": BACK_ROOM,
    "dealings_admin:stuck_exchanges": BACK_ROOM,
    "dealings_admin:outcomes": BACK_ROOM,
    "dealings_admin:outcomes_csv": BACK_ROOM,
    "dealings_admin:seller_names": BACK_ROOM,
    "dealings_admin:seller_name": POST_ONLY,
    "dealings_admin:renewals": BACK_ROOM,
    "outreach:stop_reminders": "mmmmmm",  # the walk's token is false
    "outreach:stop_letters": "mmmmmm",
    "outreach:pole_letters": SIGNED_IN,
    "outreach_admin:letters": BACK_ROOM,
    "outreach_admin:new_letter": POST_ONLY,
    "outreach_admin:letter": HIDDEN,
    "outreach_admin:service_levels": BACK_ROOM,
    "outreach_admin:waiting_list": BACK_ROOM,
    "outreach_admin:poles": PLATFORM,
    "outreach_admin:figures": BACK_ROOM,
    "outreach_admin:figures_csv": BACK_ROOM,
    "outreach_admin:states_csv": BACK_ROOM,
    "outreach_admin:figure_list": BACK_ROOM,
    "outreach_admin:figure_csv": BACK_ROOM,
    "matching_admin:what_if": BACK_ROOM,
    "matching_admin:exposure": BACK_ROOM,
    "matching_admin:supplier_exposure": HIDDEN,
    "matching_admin:misfit": HIDDEN,
    "dealings:declined": SIGNED_IN,
    "dealings:renewals": SIGNED_IN,
    "outreach:embed": EVERYONE,
    "outreach:new_feed": EVERYONE,
    "outreach:new_json_feed": EVERYONE,
    "outreach:pole": "aaaaaa",  # leads to the directory
    "outreach:pole_poster": EVERYONE,
    "outreach:selection_catalogue": "aaaaaa",  # nobody of the walk keeps anyone: leads back to the selection
    "outreach:supplier_poster": "mmmmmm",  # of a published listing only
    "outreach_admin:promotion": BACK_ROOM,
    "outreach_admin:catalogue": BACK_ROOM,
    "outreach_admin:catalogue_file": "lllmmm",  # the walk's has no document yet
    "outreach_admin:embed": BACK_ROOM,
    "outreach_admin:featured": BACK_ROOM,
    "outreach_admin:next_actions": BACK_ROOM,
    "outreach_admin:organisation_log": HIDDEN,
    "outreach_admin:contact_state": POST_ONLY,
    "outreach_admin:board": BACK_ROOM,
    "outreach_admin:map": BACK_ROOM,
    "outreach_admin:export": BACK_ROOM,
    "outreach_admin:calls": BACK_ROOM,
    "outreach_admin:bodies": BACK_ROOM,
    "outreach_admin:hand_over": BACK_ROOM,
    "outreach_admin:move": POST_ONLY,
    "outreach_admin:commitment": HIDDEN,
    "outreach_admin:invite": HIDDEN,
    "outreach_admin:follow": POST_ONLY,
    "outreach_admin:respondents": HIDDEN,
    "outreach:institution_invitation": EVERYONE,
    "outreach:campaign": EVERYONE,
    "outreach:refuse": "mmmmmm",  # the walk's token is false
    "outreach_admin:campaign": HIDDEN,
    "outreach_admin:figure": HIDDEN,
    "outreach_admin:audience": HIDDEN,
    "outreach_admin:campaign_letters": POST_ONLY,
    "suppliers_admin:queue": BACK_ROOM,
    "suppliers_admin:triage": BACK_ROOM,
    "suppliers_admin:import": BACK_ROOM,
    "suppliers_admin:import_job": HIDDEN,  # of its pôle
    "suppliers_admin:import_columns": HIDDEN,
    "suppliers_admin:import_annotated": "lllama",  # the walk's import has no file: it leads back
    "suppliers_admin:sheets": BACK_ROOM,
    "suppliers_admin:sheet_export": BACK_ROOM,
    "suppliers_admin:sheet": "lllamm",  # whose workbook it is, alone; its file is none of ours and leads back
    "suppliers_admin:import_undo": "lllama",  # nothing was written yet
    "suppliers_admin:duplicates": BACK_ROOM,
    "suppliers_admin:dismiss_duplicates": POST_ONLY,
    "suppliers_admin:compare": HIDDEN,
    "suppliers_admin:unmerge": HIDDEN,
    "suppliers_admin:drift": BACK_ROOM,
    "suppliers_admin:drift_extract": BACK_ROOM,
    "suppliers_admin:difference": POST_ONLY,
    "suppliers_admin:neqs": BACK_ROOM,
    "suppliers_admin:confirm_neqs": POST_ONLY,
    "suppliers_admin:neq_decision": POST_ONLY,
    "suppliers_admin:neq_of_supplier": "lllama",  # the walk's sheet awaits no NEQ: it leads back to its page
    "suppliers_admin:neq_undo": HIDDEN,
    "suppliers_admin:undo_decision": HIDDEN,
    "suppliers_admin:batches": BACK_ROOM,
    "suppliers_admin:batch": HIDDEN,
}

READ_ONLY_REFERENCE = (NOBODY, BACK_ROOM, BACK_ROOM, NOBODY, BACK_ROOM)
EDITABLE_REFERENCE = (PLATFORM, BACK_ROOM, BACK_ROOM, NOBODY, BACK_ROOM)
READ_ONLY_TERRITORY = (NOBODY, TERRITORY, BACK_ROOM, NOBODY, TERRITORY)
PLATFORM_ONLY = (NOBODY, PLATFORM, PLATFORM, NOBODY, PLATFORM)

#: allauth's own addresses, which stood here first: to whoever opens them, the way to the page's own.
FORMERLY: dict[str, str] = {
    f"{name}_formerly": "llllll" if name == "account_login" else "aaaaaa"
    for name in ADDRESSES
    if name.startswith(("account_", "mfa_"))
}

#: The admin's models: add, change, changelist, delete, history.
MODELS: dict[str, tuple[str, str, str, str, str]] = {
    "suppliers_supplier": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "suppliers_decision": READ_ONLY_TERRITORY,
    "suppliers_emptysearch": READ_ONLY_REFERENCE,
    "accounts_organisation": (PLATFORM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "accounts_invitation": READ_ONLY_TERRITORY,
    "accounts_emaildomain": (NOBODY, HIDDEN, BACK_ROOM, NOBODY, TERRITORY),  # its page is a view of its own
    "accounts_joinrequest": (NOBODY, HIDDEN, BACK_ROOM, NOBODY, TERRITORY),  # its page is a view of its own
    "accounts_personaldataread": PLATFORM_ONLY,
    "accounts_personrequest": PLATFORM_ONLY,
    "security_securityevent": PLATFORM_ONLY,
    "accounts_user": (PLATFORM, PLATFORM, PLATFORM, NOBODY, PLATFORM),
    "matching_alert": PLATFORM_ONLY,
    "matching_savedsearch": PLATFORM_ONLY,
    "buyers_buyer": READ_ONLY_TERRITORY,
    "buyers_need": (NOBODY, HIDDEN, BACK_ROOM, NOBODY, TERRITORY),  # its page is a view of its own
    "buyers_procedurerule": EDITABLE_REFERENCE,
    "buyers_authorisationrule": EDITABLE_REFERENCE,
    "buyers_clause": EDITABLE_REFERENCE,
    "buyers_noticesource": EDITABLE_REFERENCE,
    "buyers_feedfile": READ_ONLY_REFERENCE,
    "buyers_enterednotice": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "buyers_tender": READ_ONLY_TERRITORY,
    "cohorts_application": (NOBODY, HIDDEN, BACK_ROOM, NOBODY, TERRITORY),  # its page is a view of its own
    "cohorts_cohort": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "cohorts_programme": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "dealings_decline": READ_ONLY_TERRITORY,
    "dealings_inquiryrecipient": READ_ONLY_TERRITORY,
    "dealings_inquiryreport": READ_ONLY_TERRITORY,
    "dealings_ownlist": PLATFORM_ONLY,
    "dealings_consortium": READ_ONLY_TERRITORY,
    "dealings_interest": READ_ONLY_TERRITORY,
    "dealings_shortlist": READ_ONLY_TERRITORY,
    "dealings_needdecision": READ_ONLY_TERRITORY,
    "dealings_needinvitation": READ_ONLY_TERRITORY,
    "dealings_needquestion": READ_ONLY_TERRITORY,
    "dealings_quote": (NOBODY, NOT_YET, BACK_ROOM, NOBODY, NOT_YET),  # sealed: not even who answered is said
    "dealings_suggestednotice": READ_ONLY_TERRITORY,
    "events_matchmakingevent": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "matching_suggestion": READ_ONLY_TERRITORY,
    "matching_lesson": READ_ONLY_TERRITORY,
    "matching_misfit": READ_ONLY_TERRITORY,
    "matching_buyersuggestion": READ_ONLY_TERRITORY,
    "matching_newsupplieralert": PLATFORM_ONLY,
    "outreach_contactentry": READ_ONLY_TERRITORY,
    "outreach_lettertemplate": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "outreach_featuredsupplier": READ_ONLY_REFERENCE,
    "outreach_campaign": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "outreach_approach": (BACK_ROOM, TERRITORY, BACK_ROOM, NOBODY, TERRITORY),
    "outbox_event": PLATFORM_ONLY,
    "web_filequota": PLATFORM_ONLY,
    "outbox_message": READ_ONLY_TERRITORY,
    "outbox_suppression": READ_ONLY_TERRITORY,
    "classification_certification": EDITABLE_REFERENCE,
    "classification_lexicongroup": (BACK_ROOM, BACK_ROOM, BACK_ROOM, NOBODY, BACK_ROOM),
    "suppliers_triagesign": (BACK_ROOM, BACK_ROOM, BACK_ROOM, NOBODY, BACK_ROOM),
    "classification_purpose": EDITABLE_REFERENCE,
    "classification_seaocategory": READ_ONLY_REFERENCE,
    "classification_sector": READ_ONLY_REFERENCE,
    "classification_unspsccode": READ_ONLY_REFERENCE,
    "territories_mrc": READ_ONLY_REFERENCE,
    "territories_municipality": READ_ONLY_REFERENCE,
    "territories_nation": EDITABLE_REFERENCE,
    "territories_pole": EDITABLE_REFERENCE,
    "territories_region": READ_ONLY_REFERENCE,
}


def expected() -> dict[str, str]:
    """The whole table, by the keys of `walking.addresses`."""
    table = ADDRESSES | FORMERLY
    for model, letters in MODELS.items():
        for page, letter in zip(("add", "change", "changelist", "delete", "history"), letters, strict=True):
            table[f"admin:{model}_{page}"] = letter
        app, _, name = model.partition("_")
        table[f"gestion/{app}/{name}/<path:object_id>/"] = ALIAS
    return table


#: Addresses that only show: whoever may enter and posts is told which methods there are.
GET_ONLY = frozenset({
    "account_email_verification_sent", "account_inactive", "account_reset_password_done",
    "account_reset_password_from_key_done", "accounts:join_request_evidence", "accounts:own_data",
    "accounts_admin:join_request", "api:cohorts", "api:docs", "api:events", "api:schema", "api:supplier", "api:suppliers",
    "api:tender", "api:tenders", "buyers:buyer", "buyers:list", "classification_admin:try_lexicon",
    "cohorts:application", "cohorts:calendar", "cohorts:cohort",
    "dealings:exchange_pdf", "dealings:inquiries", "dealings:inquiry", "dealings:inquiry_csv", "dealings:inquiry_file",
    "dealings:inquiry_pdf", "dealings:received",
    "dealings:own_list", "dealings:own_list_csv", "dealings:own_list_replacements", "dealings:own_list_xlsx",
    "dealings:consortium_list", "dealings:dates_calendar", "dealings:follow_list", "dealings:notice_calendar",
    "dealings:compare", "dealings:export_csv", "dealings:export_pdf", "dealings:export_xlsx", "dealings:selection",
    "cohorts:list", "cohorts:mine", "cohorts_admin:application", "dealings:invitation_record", "dealings:need_quote_file",
    "dealings:need_record", "dealings:tender_fit", "dealings_admin:stuck_exchanges", "dealings:supplier_outcomes",
    "dealings:supplier_outcome", "dealings:buyer_outcomes", "dealings:buyer_outcome", "dealings_admin:outcomes",
    "dealings_admin:outcomes_csv", "dealings_admin:renewals", "dealings_admin:seller_names",
    "outreach_admin:waiting_list", "outreach_admin:poles", "outreach_admin:figures", "outreach_admin:figures_csv",
    "outreach_admin:states_csv",
    "outreach_admin:figure_list", "outreach_admin:figure_csv", "outreach_admin:letters",
    "dealings:renewals", "matching_admin:what_if", "matching_admin:exposure", "matching_admin:supplier_exposure",
    "outreach:embed", "outreach:new_feed", "outreach:new_json_feed", "outreach:pole", "outreach:pole_poster",
    "outreach:selection_catalogue", "outreach:supplier_poster", "outreach_admin:promotion", "outreach_admin:catalogue_file",
    "outreach_admin:embed", "pages:about", "pages:faq", "pages:guide", "pages:guides", "pages:press", "sitemap",
    "sitemap_file", "suppliers:link_picture", "tenders:picture", "events:picture", "events:poster",
    "feeds_admin:file", "events:agenda", "events:calendar", "events:event",
    "events:list", "outreach_admin:campaign", "outreach_admin:figure", "outreach:campaign", "outreach_admin:export", "outreach_admin:map", "events_admin:export", "events_admin:grid", "events_admin:participants", "mfa_index",
    "mfa_view_recovery_codes", "pages:accessibility", "pages:contact", "pages:home", "pages:how_we_verify", "pages:my_space",
    "matching:alert_list", "matching:digest", "matching:notice_calendar_feed", "matching:notice_rss_feed",
    "matching:saved_searches", "metrics", "pages:privacy", "pages:service_status", "pages:terms", "robots", "security:devices", "security:go_on", "security:overview",
    "suppliers:suggestions", "suppliers:supplier", "suppliers_admin:batches", "suppliers_admin:import_annotated", "suppliers_admin:sheet_export", "suppliers_admin:neqs", "suppliers_admin:queue", "tenders:list",
    "suppliers_admin:duplicates", "security:required", "suppliers:directory", "suppliers:evidence", "suppliers:picture", "suppliers:reach",
    "suppliers:register", "suppliers:register_codes",
    "suppliers:sheet",
    "needs:document", "needs:list", "needs:mine", "needs:need", "needs_admin:need", "api:needs", "tenders:tender", "admin:autocomplete", "admin:jsi18n", "admin:accounts_joinrequest_change",
    "admin:buyers_need_change", "admin:buyers_feedfile_change",
    "admin:cohorts_application_change",
})  # fmt: skip
#: Who may post, where that is not who may read. « o » for whatever is read and answered: done, explained, asked again.
POSTS: dict[str, str] = {
    "account_confirm_email": "mmmmmm",  # the walk's key is false
    "accounts:members_change": "lomomo",
    "accounts:own_data_export": SIGNED_IN,
    "accounts:domain_remove": "lmoomo",  # its own, asked and confirmed
    "accounts_admin:decision": HIDDEN,
    "admin:accounts_emaildomain_change": HIDDEN,
    "admin:logout": EVERYONE,
    "cohorts:confirm": "lommmm",
    "dealings:act_on_shortlist": "lmommm",
    "dealings:keep_supplier": "mmmmmm",  # a post without a supplier
    "dealings:need_questions": "lomomo",  # the institution's names a question
    "cohorts_admin:decision": HIDDEN,
    "cohorts_admin:move_cohort": HIDDEN,
    "dealings:accept_held": "loommm",
    "dealings:inquiry_act": "lmommm",
    "dealings:own_list_confirm": "lmommm",
    "dealings:own_list_row": "lmommm",
    "dealings:consortium_move": "lommmm",
    "dealings:dates_feed": SIGNED_IN,
    "dealings:follow": SIGNED_IN,
    "dealings:need_fit": "lmommm",
    "dealings:need_withdraw_invitation": "lmommm",
    "events:renew_calendar": "lmmmmm",  # nobody of the walk has one
    "events_admin:act": HIDDEN,
    "needs:copy": "lmofmf",
    "needs:copy_tender": "lmmmmm",  # the walk's notice is of another institution
    "needs_admin:decision": HIDDEN,
    "outreach_admin:contact_state": HIDDEN,
    "outreach_admin:new_letter": BACK_ROOM,
    "outreach_admin:campaign_letters": HIDDEN,
    "outreach_admin:move": HIDDEN,
    "outreach_admin:follow": HIDDEN,
    "security_admin:export_log": "lllmmo",
    "security:end_one": "lmmmmm",  # the walk's number is false
    "security:end_others": SIGNED_IN,
    "feeds_admin:read_source": BACK_ROOM,
    "feeds_admin:read_file": BACK_ROOM,
    "dealings_admin:seller_name": HIDDEN,
    "set_language": EVERYONE,
    "suppliers:claim": SIGNED_IN,
    "suppliers:register_attest": "lommmm",
    "suppliers:register_receipt": "lommmm",
    "suppliers:register_remove_offer": "lommmm",
    "suppliers:register_withdraw": "lommmm",
    "suppliers_admin:confirm_neqs": BACK_ROOM,
    "suppliers_admin:decision": HIDDEN,
    "suppliers_admin:dismiss_duplicates": BACK_ROOM,
    "suppliers_admin:difference": HIDDEN,
    "suppliers_admin:import_undo": HIDDEN,
    "suppliers_admin:findings": HIDDEN,
    "suppliers_admin:invitation": HIDDEN,
    "suppliers_admin:neq_decision": HIDDEN,
}
#: The admin's rows that someone may change; nobody changes those of the other models.
CHANGED_BY: dict[str, str] = {
    "suppliers_supplier": TERRITORY,
    "cohorts_cohort": TERRITORY,
    "cohorts_programme": TERRITORY,
    "dealings_inquiryreport": TERRITORY,
    "events_matchmakingevent": TERRITORY,
    "outreach_contactentry": TERRITORY,
    "outreach_lettertemplate": TERRITORY,
    "outreach_approach": TERRITORY,
    "outreach_campaign": TERRITORY,
    "accounts_user": PLATFORM,
    "buyers_buyer": PLATFORM,
    "buyers_clause": PLATFORM,
    "buyers_noticesource": PLATFORM,
    "buyers_enterednotice": TERRITORY,
    "buyers_procedurerule": PLATFORM,
    "buyers_authorisationrule": PLATFORM,
    "classification_certification": PLATFORM,
    "classification_lexicongroup": BACK_ROOM,
    "suppliers_triagesign": BACK_ROOM,
    "classification_purpose": PLATFORM,
    "classification_unspsccode": PLATFORM,
    "territories_nation": PLATFORM,
    "territories_pole": PLATFORM,
    "web_filequota": PLATFORM,
}


#: Where a form that its page showed names a row, which an empty post does not: instead of the letters above.
FORM_POSTS = {
    "dealings:need_questions": "looomo",  # the institution answers the question that it saw
}


def expected_posts() -> dict[str, str]:
    """What each role gets from a POST: as from a GET, unless said above."""
    table = {key: letters.replace("a", "o") for key, letters in expected().items()}
    for model in MODELS:
        table[f"admin:{model}_change"] = CHANGED_BY.get(model, NOBODY).replace("a", "o")
    for key in GET_ONLY:
        table[key] = "".join(letter if letter == "l" else "n" for letter in table[key])
    table |= POSTS
    return table | {
        key: table[key.removesuffix("_formerly")] for key in FORMERLY
    }  # they still take what was begun there


def expected_form_posts() -> dict[str, str]:
    """What each role gets from posting what a page's own form holds."""
    return expected_posts() | FORM_POSTS
