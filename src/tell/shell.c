#include "tell/shell.h"

#include <string.h>

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_./:@%+,=-";

void
shell_word(struct buf *b, const char *word)
{
	if (*word && word[strspn(word, plain)] == 0) {
		buf_text(b, word);
		return;
	}
	buf_u8(b, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_text(b, "'\\'");
		buf_u8(b, (uint8_t)*word);
	}
	buf_u8(b, '\'');
}

void
shell_command(struct buf *b, const struct run *run)
{
	buf_text(b, "confine");
	for (int i = 1; i < run->argc; i++) {
		buf_u8(b, ' ');
		shell_word(b, run->argv[i]);
	}
}
