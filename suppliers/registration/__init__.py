"""An enterprise registers by itself, in steps that save as they go; after publication the same steps edit its sheet.

`starting` opens the draft from a NEQ, `writing` keeps what each step says, `steps` says what is done and what is
missing, `submitting` hands the sheet to the pôle, `codes` finds UNSPSC codes from plain words.
"""
