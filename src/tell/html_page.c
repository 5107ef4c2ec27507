#include "tell/html_page.h"

#include "base/own.h"
#include "tell/html_text.h"
#include "tell/page_style.h"
#include "tell/shell.h"
#include "tell/svg_map.h"

void
html_head_begin(FILE *f)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	      "'none'; style-src 'sha256-",
	      f);
	fputs(page_style_sha256, f);
	fputs("'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
	      f);
}

void
html_head_end(FILE *f)
{
	fputs(" – Conficker report</title>\n<style>", f);
	fputs(page_style, f);
	fputs("</style>\n</head>\n<body>\n", f);
	svg_marks(f);
}

void
html_number(FILE *f, const char *class, uint64_t n, const char *label)
{
	fprintf(f, "<div class=\"%s\"><dt>%s</dt><dd>", class, label);
	html_count(f, n);
	fputs("</dd></div>\n", f);
}

void
html_page_end(FILE *f)
{
	fputs("</main>\n</body>\n</html>\n", f);
}

enum err
html_command(FILE *f, const struct run *run)
{
	OWN(buf_free) struct buf words = { .ceiling = 16u * 1024 * 1024 };

	shell_command(&words, run);
	const char *command = buf_string(&words);
	if (words.bad)
		return ERR_MEMORY;
	fputs("<dt>Command</dt><dd><code>", f);
	html_text(f, command);
	fputs("</code></dd>\n<dt>Begun</dt><dd>", f);
	html_time(f, run->started_ms);
	return OK;
}
