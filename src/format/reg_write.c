#include "format/reg_write.h"

#include "base/text.h"

#define KEY                                                                     \
	"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\" \
	"IniFileMapping\\Autorun.inf"
#define LINE_END "\r\n"

static const char *
signature(bool unicode)
{
	return unicode ? "Windows Registry Editor Version 5.00" LINE_END LINE_END
	               : "REGEDIT4" LINE_END LINE_END;
}

void
reg_write_autorun(struct buf *b, bool disable, bool unicode)
{
	/* A file that does not end in an empty line may lose its last one. */
	const char *body = disable ? "[" KEY "]" LINE_END
	                             "@=\"@SYS:DoesNotExist\"" LINE_END LINE_END
	                           : "[-" KEY "]" LINE_END LINE_END;

	if (!unicode) {
		buf_text(b, signature(false));
		buf_text(b, body);
		return;
	}
	buf_u8(b, 0xFF);
	buf_u8(b, 0xFE);
	buf_utf16(b, signature(true));
	buf_utf16(b, body);
}
