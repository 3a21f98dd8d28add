"""What Django and allauth say on our pages, in our words: « courriel », ’ and no space before a question mark.

Their English is the message id. `catalogues` writes these into both of ours, which Django reads before theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

NB = "\u00a0"


@dataclass(frozen=True)
class LibraryText:
    """One sentence of theirs, as we say it in French; in English too where theirs needs it. Plurals: both forms."""

    theirs: str | tuple[str, str]
    french: str | tuple[str, str]
    english: str | tuple[str, str] = ""

    @property
    def in_english(self) -> str | tuple[str, str]:
        return self.english or self.theirs


LIBRARY_TEXTS = (
    # how Django refuses what fields hold
    LibraryText(
        "Enter a valid email address.",
        "Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.",
        "This email is incomplete. It is written like name@example.ca.",
    ),
    LibraryText(
        "File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.",
        f"Un fichier «{NB}%(extension)s{NB}» n’est pas accepté. Formats acceptés{NB}: %(allowed_extensions)s.",
        "A file in “%(extension)s” is not accepted. Accepted formats: %(allowed_extensions)s.",
    ),
    LibraryText("Constraint “%(name)s” is violated.", f"La règle «{NB}%(name)s{NB}» n’est pas respectée."),
    LibraryText(
        (
            "Ensure that there are no more than %(max)s digit in total.",
            "Ensure that there are no more than %(max)s digits in total.",
        ),
        ("Écrivez au plus %(max)s chiffre.", "Écrivez au plus %(max)s chiffres."),
        ("Enter at most %(max)s digit.", "Enter at most %(max)s digits."),
    ),
    LibraryText(
        (
            "Ensure that there are no more than %(max)s decimal place.",
            "Ensure that there are no more than %(max)s decimal places.",
        ),
        (
            "Écrivez au plus %(max)s chiffre après la virgule.",
            "Écrivez au plus %(max)s chiffres après la virgule.",
        ),
        (
            "Enter at most %(max)s digit after the decimal point.",
            "Enter at most %(max)s digits after the decimal point.",
        ),
    ),
    LibraryText(
        (
            "Ensure that there are no more than %(max)s digit before the decimal point.",
            "Ensure that there are no more than %(max)s digits before the decimal point.",
        ),
        (
            "Écrivez au plus %(max)s chiffre avant la virgule.",
            "Écrivez au plus %(max)s chiffres avant la virgule.",
        ),
        (
            "Enter at most %(max)s digit before the decimal point.",
            "Enter at most %(max)s digits before the decimal point.",
        ),
    ),
    # what Django says in the admin
    LibraryText(
        "Raw passwords are not stored, so there is no way to see the user’s password.",
        f"Les mots de passe ne sont pas gardés en clair{NB}: personne ne peut les voir.",
    ),
    LibraryText(
        "%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?",
        f"«{NB}%(key)s{NB}» n’existe pas, ou plus (%(name)s).",
        "“%(key)s” does not exist, or no longer does (%(name)s).",
    ),
    LibraryText("Breadcrumbs", "Fil d’Ariane", "Breadcrumb"),
    LibraryText("Delete?", "Supprimer?"),
    LibraryText("View selected %(model)s", "Voir ce choix (%(model)s)", "View this choice (%(model)s)"),
    LibraryText("Change selected %(model)s", "Modifier ce choix (%(model)s)", "Change this choice (%(model)s)"),
    LibraryText("Add another %(model)s", "Ajouter (%(model)s)", "Add (%(model)s)"),
    LibraryText(
        "The {name} “{obj}” was added successfully.",
        f"Ajouté{NB}: {{obj}} ({{name}}).",
        "Added: {obj} ({name}).",
    ),
    LibraryText("today", "aujourd’hui"),
    LibraryText("superuser status", "administration de la plateforme", "platform administration"),
    LibraryText(
        "Select all objects on this page for an action",
        "Choisir toutes les lignes de cette page",
        "Choose every row of this page",
    ),
    LibraryText("Select this object for an action - {}", f"Choisir{NB}: {{}}", "Choose: {}"),
    LibraryText(
        ("%(total_count)s selected", "All %(total_count)s selected"),
        ("%(total_count)s ligne choisie", "Les %(total_count)s lignes sont choisies"),
    ),
    # what allauth calls its fields
    LibraryText("Email", "Courriel"),
    LibraryText("Email address", "Courriel", "Email"),
    LibraryText("email address", "courriel", "email"),
    LibraryText("email addresses", "courriels", "emails"),
    LibraryText("email confirmation", "confirmation de courriel"),
    LibraryText("email confirmations", "confirmations de courriel"),
    LibraryText("Email (again)", "Courriel (une seconde fois)", "Email (a second time)"),
    LibraryText("Email address confirmation", "Courriel, une seconde fois", "Email, a second time"),
    LibraryText("Email or phone", "Courriel ou téléphone"),
    LibraryText("Username or email", "Nom ou courriel", "Name or email"),
    LibraryText("Username, email or phone", "Nom, courriel ou téléphone", "Name, email or phone"),
    LibraryText("Forgot your password?", "Mot de passe oublié?", "Forgot your password?"),
    LibraryText("Remember Me", "Garder ma session ouverte sur cet appareil", "Stay signed in on this device"),
    LibraryText("Current Password", "Mot de passe actuel", "Current password"),
    LibraryText("New Password", "Nouveau mot de passe", "New password"),
    LibraryText(
        "New Password (again)",
        "Nouveau mot de passe, une seconde fois",
        "New password, a second time",
    ),
    LibraryText("Password (again)", "Mot de passe, une seconde fois", "Password, a second time"),
    LibraryText("Authenticator code", "Code de l’application", "Code from the app"),
    LibraryText("Recovery codes", "Codes de secours"),
    LibraryText("TOTP Authenticator", "Application d’authentification", "Authenticator app"),
    LibraryText("MFA", "Vérification en deux étapes", "Two-step verification"),
    LibraryText("User Sessions", "Appareils connectés", "Signed-in devices"),
    LibraryText("Accounts", "Comptes"),
    # how allauth refuses
    LibraryText(
        "A user is already registered with this email address.",
        "Un compte est déjà lié à ce courriel.",
        "An account already uses this email address.",
    ),
    LibraryText(
        "The email address and/or password you specified are not correct.",
        "Ce courriel et ce mot de passe ne correspondent pas.",
        "This email and this password do not go together.",
    ),
    LibraryText(
        "The email address is not assigned to any user account.",
        "Aucun compte n’est lié à ce courriel.",
        "No account uses this email address.",
    ),
    LibraryText(
        "This email address is already associated with this account.",
        "C’est déjà votre courriel.",
        "This is already your email.",
    ),
    LibraryText("Your account has no verified email address.", "Confirmez d’abord votre courriel.", "Confirm your email first."),
    LibraryText(
        "Your primary email address must be verified.",
        "Votre courriel principal doit d’abord être confirmé.",
        "Your main email must be confirmed first.",
    ),
    LibraryText(
        "You cannot add more than %d email addresses.",
        "Vous ne pouvez pas garder plus de %d courriels.",
        "You cannot keep more than %d emails.",
    ),
    LibraryText(
        "You cannot remove your primary email address (%(email)s).",
        "Vous ne pouvez pas retirer votre courriel principal (%(email)s).",
        "You cannot remove your main email (%(email)s).",
    ),
    LibraryText(
        "You cannot remove your primary email address.",
        "Vous ne pouvez pas retirer votre courriel principal.",
        "You cannot remove your main email.",
    ),
    LibraryText(
        "The phone number is not assigned to any user account.",
        "Aucun compte n’a ce numéro de téléphone.",
        "No account uses this telephone number.",
    ),
    LibraryText(
        "You must type the same email each time.",
        "Écrivez deux fois le même courriel.",
        "Enter the same email twice.",
    ),
    LibraryText(
        "You must type the same password each time.",
        "Écrivez deux fois le même mot de passe.",
        "Enter the same password twice.",
    ),
    LibraryText(
        "You cannot activate two-factor authentication until you have verified your email address.",
        "Confirmez d’abord votre courriel; vous pourrez ensuite activer la vérification en deux étapes.",
        "Confirm your email first; you can then turn on two-step verification.",
    ),
    LibraryText(
        "You cannot add an email address to an account protected by two-factor authentication.",
        "Un compte protégé par la vérification en deux étapes n’accepte pas d’autre courriel.",
        "An account protected by two-step verification cannot take another email.",
    ),
    LibraryText(
        "You cannot deactivate two-factor authentication.",
        "Votre rôle exige la vérification en deux étapes.",
        "Your role requires two-step verification.",
    ),
    LibraryText(
        "You cannot generate recovery codes without having two-factor authentication enabled.",
        "Activez d’abord la vérification en deux étapes; les codes de secours viennent ensuite.",
        "Turn on two-step verification first; recovery codes come next.",
    ),
    LibraryText("Incorrect code.", "Ce code n’est pas le bon.", "This is not the right code."),
    LibraryText("Incorrect password.", "Ce n’est pas votre mot de passe.", "This is not your password."),
    LibraryText("Please type your current password.", "Écrivez votre mot de passe actuel.", "Enter your current password."),
    LibraryText("Invalid or expired key.", "Ce lien ne sert plus.", "This link no longer works."),
    LibraryText("Invalid login.", "Ce courriel n’est pas valable.", "This email is not valid."),
    LibraryText("The password reset token was invalid.", "Ce lien ne sert plus. Demandez-en un autre.", "This link no longer works. Ask for another one."),
    LibraryText("This account is currently inactive.", "Ce compte est désactivé.", "This account is deactivated."),
    LibraryText(
        "The new value must be different from the current one.",
        "C’est déjà la valeur actuelle.",
        "This is already the current value.",
    ),
    LibraryText(
        "Be patient, you are sending too many requests.",
        "Trop de demandes. Attendez une minute et recommencez.",
        "Too many requests. Wait a minute and try again.",
    ),
    LibraryText("Use your password", "Avec votre mot de passe", "With your password"),
    LibraryText("Use authenticator app or code", "Avec un code de l’application", "With a code from the app"),
    LibraryText("Use a security key", "Avec une clé de sécurité", "With a security key"),
)  # fmt: skip
