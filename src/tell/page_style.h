/* The page's style, made from page.css by tools/page_style.py. */
#ifndef TELL_PAGE_STYLE_H
#define TELL_PAGE_STYLE_H

extern const char page_style[];

/* Its SHA-256 in base64, which the page's policy names: no other style runs. */
extern const char page_style_sha256[];

#endif
