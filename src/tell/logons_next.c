/* The machine to look at first, of those that guess passwords, with the command. */
#include "base/own.h"
#include "tell/logons.h"
#include "tell/logons_words.h"
#include "tell/para.h"
#include "tell/shell.h"

#define COMMAND_MOST (64u * 1024)

/* The most likely attacker that is still to be seen to; NULL: none is. */
static const struct attacker *
first_to_see(const struct told_logons *told)
{
	for (size_t i = 0; i < told->attackers; i++) {
		if (!attacker_is_settled(&told->at[i]))
			return &told->at[i];
	}
	return NULL;
}

static void
command(struct para *p, const char *words, const char *host, const char *case_name)
{
	OWN(buf_free) struct buf line = { .ceiling = COMMAND_MOST };

	buf_text(&line, words);
	buf_u8(&line, ' ');
	shell_word(&line, host);
	if (case_name) {
		buf_text(&line, " --case ");
		shell_word(&line, case_name);
	}
	para_word(p, buf_string(&line));
}

static void
see_to(struct para *p, const struct attacker *a, const struct style *style)
{
	const char *where = a->host[0] ? a->host : logons_host(a);

	if (where[0] && !logons_is_plain_host(where)) {
		para_words(p,
		           "the name that it gives is none of a machine, so it is made "
		           "up: read the controller's Security log as well");
	} else if (a->host[0] && a->host_state == STATE_INFECTED) {
		para_words(p, "it is infected; keep it off the network, and clean it. "
		              "What is known of it:");
		command(p, "confine case show", where, style->case_name);
	} else if (where[0]) {
		para_words(p, "look at it first, and keep it off the network:");
		command(p, "confine scan", where, style->case_name);
	} else {
		para_words(p, "nothing names it: read the controller's Security log as "
		              "well, or watch port 445 of");
		para_word(p, a->unknown_on);
	}
}

void
logons_text_next(FILE *f, const struct told_logons *told, const struct style *style)
{
	const struct attacker *a = first_to_see(told);

	fputc('\n', f);
	struct para p = para_begin(f, "Next:", 6);
	if (a)
		see_to(&p, a, style);
	else
		para_words(&p, "nothing: a look inside has found each of them clean "
		               "since. Watch for new storms.");
	para_end(&p);
}
