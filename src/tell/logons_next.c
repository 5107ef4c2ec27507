/*
 * The machine to look at first, of those that guess passwords, with the command: the
 * same words on a screen and on a page.
 */
#include "tell/logons_next.h"

#include "tell/html_text.h"
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
set_command(struct logons_next *next, const char *words, const char *case_name)
{
	buf_text(&next->line, words);
	buf_u8(&next->line, ' ');
	shell_word(&next->line, logons_host(next->at));
	if (case_name) {
		buf_text(&next->line, " --case ");
		shell_word(&next->line, case_name);
	}
	next->command = buf_string(&next->line);
}

static void
see_to(struct logons_next *next, const char *case_name)
{
	const struct attacker *a = next->at;
	const char *host = logons_host(a);

	if (host[0] && !logons_is_plain_host(host)) {
		next->words = "the name that it gives is none of a machine, so it is "
			      "made up: read the controller's Security log as well";
	} else if (a->host[0] && a->host_state == STATE_INFECTED) {
		next->words = "it is infected; keep it off the network, and clean it. "
			      "What is known of it:";
		set_command(next, "confine case show", case_name);
	} else if (host[0]) {
		next->words = "look at it first, and keep it off the network:";
		set_command(next, "confine scan", case_name);
	} else {
		next->words = "nothing names it: read the controller's Security log as "
			      "well, or watch port 445 of";
		next->watched = a->unknown_on;
	}
}

void
logons_next_of(const struct told_logons *told, const struct style *style,
               struct logons_next *out)
{
	*out = (struct logons_next){
		.at = first_to_see(told),
		.words = "nothing: a look inside has found each of them clean since. "
			 "Watch for new storms.",
		.watched = "",
		.command = "",
		.line = { .ceiling = COMMAND_MOST },
	};
	if (out->at)
		see_to(out, style->case_name);
}

void
logons_next_free(struct logons_next *next)
{
	buf_free(&next->line);
}

/* ---- on a screen */

void
logons_text_next(FILE *f, const struct logons_next *next)
{
	fputc('\n', f);
	struct para p = para_begin(f, "Next:", 6);

	para_words(&p, next->words);
	if (next->watched[0])
		para_word(&p, next->watched);
	if (next->command[0])
		para_word(&p, next->command);
	para_end(&p);
}

/* ---- on a page */

void
logons_html_next(FILE *f, const struct logons_next *next)
{
	fputs("<div class=\"lead next\"><p>Next: ", f);
	html_text(f, next->words);
	if (next->watched[0]) {
		fputs(" ", f);
		html_foreign(f, next->watched);
	}
	if (next->command[0]) {
		fputs("</p>\n<p class=\"do\"><code>", f);
		html_text(f, next->command);
		fputs("</code>", f);
	}
	fputs("</p></div>\n", f);
}
