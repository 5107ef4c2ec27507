/* Which accounts are an administrator's, by their names. */
#include "base/text.h"
#include "judge/storm_parts.h"

/* As Windows calls its administrator in the languages that it was sold in. */
static const char *const administrators[] = {
	"Administrator",
	"Administrador",
	"Administrateur",
	"Amministratore",
	"Administratör",
	"Rendszergazda",
	"Järjestelmänvalvoja",
	"Администратор",
	"admin",
	"root",
	"adm",
	"sa",
	"supervisor",
};

bool
storm_is_administrator(const char *account)
{
	for (size_t i = 0; i < sizeof administrators / sizeof administrators[0]; i++) {
		if (text_same(account, administrators[i]))
			return true;
	}
	return false;
}
