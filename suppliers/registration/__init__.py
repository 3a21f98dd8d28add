"""An enterprise registers by itself, in steps that save as they go; after publication the same steps edit it.

`verbs` begins the draft from a NEQ and hands it to the pôle, `steps` says what is done and what is missing, `views` and
`detail_views` are the pages, `code_suggestions` finds UNSPSC codes from plain words.
"""
