"""What Django and allauth say on our pages, in our words: « courriel », ’ and no space before a question mark.

Their English is the message id. `catalogues` writes these into both of ours, which Django reads before theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

NB = "\u00a0"


@dataclass(frozen=True)
class Borrowed:
    """One sentence of theirs, as we say it in French; in English too where theirs needs it. Plurals: both forms."""

    theirs: str | tuple[str, str]
    french: str | tuple[str, str]
    english: str | tuple[str, str] = ""

    @property
    def in_english(self) -> str | tuple[str, str]:
        return self.english or self.theirs


SENTENCES = (
    # how Django refuses what fields hold
    Borrowed(
        "Enter a valid email address.",
        "Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.",
        "This email is incomplete. It is written like name@example.ca.",
    ),
    Borrowed(
        "File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s.",
        f"Un fichier «{NB}%(extension)s{NB}» n’est pas accepté. Formats acceptés{NB}: %(allowed_extensions)s.",
        "A file in “%(extension)s” is not accepted. Accepted formats: %(allowed_extensions)s.",
    ),
    Borrowed("Constraint “%(name)s” is violated.", f"La règle «{NB}%(name)s{NB}» n’est pas respectée."),
    Borrowed(
        (
            "Ensure that there are no more than %(max)s digit in total.",
            "Ensure that there are no more than %(max)s digits in total.",
        ),
        ("Écrivez au plus %(max)s chiffre.", "Écrivez au plus %(max)s chiffres."),
        ("Enter at most %(max)s digit.", "Enter at most %(max)s digits."),
    ),
    Borrowed(
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
    Borrowed(
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
    # what Django says in the back room
    Borrowed(
        "Raw passwords are not stored, so there is no way to see the user’s password.",
        f"Les mots de passe ne sont pas gardés en clair{NB}: personne ne peut les voir.",
    ),
    Borrowed(
        "%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?",
        f"«{NB}%(key)s{NB}» n’existe pas, ou plus (%(name)s).",
        "“%(key)s” does not exist, or no longer does (%(name)s).",
    ),
    Borrowed("Breadcrumbs", "Fil d’Ariane", "Breadcrumb"),
    Borrowed("Delete?", "Supprimer?"),
    Borrowed("View selected %(model)s", "Voir ce choix (%(model)s)", "View this choice (%(model)s)"),
    Borrowed("Change selected %(model)s", "Modifier ce choix (%(model)s)", "Change this choice (%(model)s)"),
    Borrowed("Add another %(model)s", "Ajouter (%(model)s)", "Add (%(model)s)"),
    Borrowed(
        "The {name} “{obj}” was added successfully.",
        f"Ajouté{NB}: {{obj}} ({{name}}).",
        "Added: {obj} ({name}).",
    ),
    Borrowed("today", "aujourd’hui"),
    # what allauth calls its fields
    Borrowed("Email", "Courriel"),
    Borrowed("Email address", "Courriel", "Email"),
    Borrowed("email address", "courriel", "email"),
    Borrowed("email addresses", "courriels", "emails"),
    Borrowed("email confirmation", "confirmation de courriel"),
    Borrowed("email confirmations", "confirmations de courriel"),
    Borrowed("Email (again)", "Courriel (une seconde fois)", "Email (a second time)"),
    Borrowed("Email address confirmation", "Courriel, une seconde fois", "Email, a second time"),
    Borrowed("Email or phone", "Courriel ou téléphone"),
    Borrowed("Username or email", "Nom ou courriel", "Name or email"),
    Borrowed("Username, email or phone", "Nom, courriel ou téléphone", "Name, email or phone"),
    Borrowed("Forgot your password?", "Mot de passe oublié?", "Forgotten password?"),
    Borrowed("Remember Me", "Rester connecté sur cet appareil", "Stay signed in on this device"),
    Borrowed("Current Password", "Mot de passe actuel", "Current password"),
    Borrowed("New Password", "Nouveau mot de passe", "New password"),
    Borrowed(
        "New Password (again)",
        "Nouveau mot de passe, une seconde fois",
        "New password, a second time",
    ),
    Borrowed("Password (again)", "Mot de passe, une seconde fois", "Password, a second time"),
    Borrowed("Authenticator code", "Code de l’application", "Code from the app"),
    Borrowed("Recovery codes", "Codes de secours"),
    Borrowed("TOTP Authenticator", "Application d’authentification", "Authenticator app"),
    Borrowed("MFA", "Second facteur", "Second factor"),
    Borrowed("User Sessions", "Appareils connectés", "Signed-in devices"),
    Borrowed("Accounts", "Comptes"),
    # how allauth refuses
    Borrowed(
        "A user is already registered with this email address.",
        "Un compte existe déjà à ce courriel.",
        "An account already exists with this email.",
    ),
    Borrowed(
        "The email address and/or password you specified are not correct.",
        "Ce courriel et ce mot de passe ne vont pas ensemble.",
        "This email and this password do not go together.",
    ),
    Borrowed(
        "The email address is not assigned to any user account.",
        "Aucun compte à ce courriel.",
        "No account with this email.",
    ),
    Borrowed(
        "This email address is already associated with this account.",
        "C’est déjà votre courriel.",
        "This is already your email.",
    ),
    Borrowed("Your account has no verified email address.", "Confirmez d’abord votre courriel.", "Confirm your email first."),
    Borrowed(
        "Your primary email address must be verified.",
        "Votre courriel principal doit d’abord être confirmé.",
        "Your main email must be confirmed first.",
    ),
    Borrowed(
        "You cannot add more than %d email addresses.",
        "Vous ne pouvez pas garder plus de %d courriels.",
        "You cannot keep more than %d emails.",
    ),
    Borrowed(
        "You cannot remove your primary email address (%(email)s).",
        "Vous ne pouvez pas retirer votre courriel principal (%(email)s).",
        "You cannot remove your main email (%(email)s).",
    ),
    Borrowed(
        "You cannot remove your primary email address.",
        "Vous ne pouvez pas retirer votre courriel principal.",
        "You cannot remove your main email.",
    ),
    Borrowed(
        "The phone number is not assigned to any user account.",
        "Aucun compte à ce numéro de téléphone.",
        "No account with this telephone number.",
    ),
    Borrowed(
        "You must type the same email each time.",
        "Écrivez deux fois le même courriel.",
        "Enter the same email twice.",
    ),
    Borrowed(
        "You must type the same password each time.",
        "Écrivez deux fois le même mot de passe.",
        "Enter the same password twice.",
    ),
    Borrowed(
        "You cannot activate two-factor authentication until you have verified your email address.",
        "Confirmez d’abord votre courriel; vous pourrez ensuite ajouter un second facteur.",
        "Confirm your email first; you can then add a second factor.",
    ),
    Borrowed(
        "You cannot add an email address to an account protected by two-factor authentication.",
        "Un compte protégé par un second facteur ne prend pas d’autre courriel.",
        "An account protected by a second factor takes no other email.",
    ),
    Borrowed(
        "You cannot deactivate two-factor authentication.",
        "Votre rôle demande un second facteur.",
        "Your role needs a second factor.",
    ),
    Borrowed(
        "You cannot generate recovery codes without having two-factor authentication enabled.",
        "Ajoutez d’abord un second facteur; les codes de secours viennent avec lui.",
        "Add a second factor first; recovery codes come with it.",
    ),
    Borrowed("Incorrect code.", "Ce code n’est pas le bon.", "This is not the right code."),
    Borrowed("Incorrect password.", "Ce n’est pas votre mot de passe.", "This is not your password."),
    Borrowed("Please type your current password.", "Écrivez votre mot de passe actuel.", "Enter your current password."),
    Borrowed("Invalid or expired key.", "Ce lien ne sert plus.", "This link no longer works."),
    Borrowed("Invalid login.", "Ce courriel ne va pas.", "This email does not work."),
    Borrowed("The password reset token was invalid.", "Ce lien ne sert plus. Demandez-en un autre.", "This link no longer works. Ask for another one."),
    Borrowed("This account is currently inactive.", "Ce compte est désactivé.", "This account is deactivated."),
    Borrowed(
        "The new value must be different from the current one.",
        "C’est déjà la valeur actuelle.",
        "This is already the current value.",
    ),
    Borrowed(
        "Be patient, you are sending too many requests.",
        "Trop de demandes. Attendez une minute et recommencez.",
        "Too many requests. Wait a minute and try again.",
    ),
    Borrowed("Use your password", "Avec votre mot de passe", "With your password"),
    Borrowed("Use authenticator app or code", "Avec un code de l’application", "With a code from the app"),
    Borrowed("Use a security key", "Avec une clé de sécurité", "With a security key"),
)  # fmt: skip
