"""The names that site builders and themes give to a page's furniture.

A name is one class or id, in lower case with `-` between its words. Gathered from the markup of
WordPress (core blocks, Divi, Elementor, Astra, Jetpack), Wix, Squarespace, Weebly, Webflow, GoDaddy,
Ghost, Drupal, Bootstrap themes and the usual cookie tools; by words, so that a theme not seen fits too.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Furniture wherever it stands.
_CERTAIN = re.compile(
    "|".join(
        (
            # navigation
            r"(?:site|main|primary|secondary|top|mobile|desktop|footer|header|global|page|off-?canvas|sticky)"
            r"-?(?:nav|navbar|navigation|menu)(?:-(?:bar|container|wrap|wrapper|list|links))?",
            r"nav-?bar|navbar-.*|nav-menu|menu-(?:main|primary|footer|top|mobile|header).*",
            r"navigation|wp-block-navigation.*|w-nav|w-nav-.*|wsite-menu.*|gh-head|elementor-nav-menu.*",
            r"post-?navigation|posts-navigation|nav-links|nav-(?:previous|next|below|above|single)"
            r"|item-pagination.*",
            r"(?:wp-)?pagenavi|pagination.*|pager|prev-?next.*|blog-item-pagination",
            r".*breadcrumbs?(?:-.*)?|bread-crumb.*",
            r"skip-?(?:link|nav|navigation|to-content|to-main)s?.*|header-skip-link",
            r"back-?to-?top.*|scroll-?(?:to-)?top.*|scrollup|go-?top|to-?top|scroll-to-bottom|skip-element",
            r"hamburger.*|burger-?menu|menu-toggle|language-?(?:switcher|selector|picker).*|lang-switch.*",
            # banners above and below
            r"(?:site|page|main|global|colophon)-?footer(?:-.*)?|footer|footer-(?:wrap|wrapper|container"
            r"|area|widgets?"
            r"|bottom|top|inner|section|sections|main|content|columns?|menu|links|info|bar)|colophon"
            r"|site-info"
            r"|bottom-footer|sub-?footer|gh-foot|gh-footer|elementor-location-(?:header|footer)"
            r"|wsite-footer.*"
            r"|weebly-footer.*|main-footer|et-l--(?:header|footer)|wp-block-site-(?:title|tagline|logo)",
            r"copyrights?(?:-.*)?|legal-links|site-credits?|credits",
            r"top-?bar|top-?header|header-?top|utility-?(?:bar|nav|menu)|announcement-?bar.*"
            r"|sqs-announcement-bar.*"
            r"|header-announcement-bar.*|notification-bar|promo-bar|header-actions?.*|header-menu.*"
            r"|header-nav.*",
            r"preloader|pre-loader|page-loader|loader|loading-(?:screen|overlay)|spinner.*",
            # cookies
            r"(?:.*-)?cookies?-?(?:banner|notice|bar|consent|pop-?up|law|modal|message|alert|dialog"
            r"|overlay|wrapper"
            r"|disclaimer|warning|policy-bar|settings|control|info|compliance|notification"
            r"|law-info-bar)(?:-.*)?",
            r"onetrust-.*|cmplz-.*|cky-.*|cc-(?:window|banner|revoke).*|cybotcookiebot.*|osano-.*|termly-.*"
            r"|iubenda-.*|gdpr.*|consent-?(?:banner|bar|manager|popup|modal|dialog).*|cli-modal.*"
            r"|moove_gdpr.*"
            r"|borlabs.*|usercentrics.*|klaro.*|truste.*|ccpa.*|eu-cookie.*|tarteaucitron.*|didomi.*",
            # comments
            r"comments?|comments-(?:area|section|list|wrapper|template|title|link)|comment-?(?:list"
            r"|respond|form|thread"
            r"|reply.*|section|body|content|author|meta)|commentlist|respond|disqus.*|wp-block-comments.*"
            r"|post-comments"
            r"|fb-comments|squarespace-comments|wp-block-post-comments.*|wpdiscuz.*",
            # sharing
            r"(?:.*-)?(?:social|share|sharing)-?(?:links?|icons?|share|shares|bar|nav|buttons?|list"
            r"|menu|wrapper"
            r"|follow|profiles?|networks?|block|sharing|this|post|tools|accounts?)(?:-.*)?",
            r"social-?media(?:-(?:links?|icons?|bar|wrap\w*|list|buttons?|container))?|share|sharing"
            r"|socials?|sharedaddy|sd-(?:sharing|social|block).*|addtoany.*|a2a_.*|addthis.*"
            r"|at-share.*"
            r"|ssba.*|heateor.*|sassy.*|wp-block-social-links?|sqs-svg-icon--.*|shariff|jp-relatedposts"
            r"|wpulike.*"
            r"|like-?(?:button|box)|jetpack-likes.*|et_social.*|post-share.*|blog-share.*|entry-share.*",
            # other pages
            r"related|(?:.*-)?(?:related|recent|similar|popular|latest|more|recommended"
            r"|suggested)-?(?:posts?|articles?"
            r"|stories|content|entries|reading|blogs?|news|items)(?:-.*)?|yarpp.*|crp_related"
            r"|you-may-(?:also-)?like.*"
            r"|read-next|blog-more.*|wp-block-(?:latest-posts|latest-comments|archives|categories|tag-cloud"
            r"|calendar|rss|search|loginout)(?:__.*)?",
            # sidebars
            r"(?:.*-)?sidebar(?:-(?:primary|secondary|right|left|main|area|wrap|wrapper|container|inner"
            r"|widget.*|\d))?"
            r"|widget-?area|widgets?-wrapper|et_pb_widget_area.*|widget_(?:recent.*|search|categories"
            r"|archive|tag_cloud|meta|nav_menu|calendar|pages|rss|media.*|block)|blog-sidebar.*",
            # invitations and layers
            r"(?:.*-)?newsletter(?:-.*)?|mc_embed.*|mailchimp.*|subscribe(?:-.*)?|sign-?up-form"
            r"|email-signup.*|mailing-list"
            r"|ad|ads|adsbygoogle|advert.*|sponsored.*|banner-ad|wix-ads|wix_ads",
            r"search-?(?:form|bar|box|widget|modal|overlay|toggle|field|container|wrapper)|site-?search"
            r"|searchbox",
            r"chat-?(?:widget|bubble|button|box|bot).*|live-?chat|intercom.*|tawk.*|drift-.*|wix-?chat.*"
            r"|wp-chat.*"
            r"|joinchat.*|whatsapp-?(?:button|widget|float|chat).*|acsb-.*|userway.*"
            r"|accessibility-(?:widget|tool.*|menu)"
            r"|pojo-a11y.*|one-tap.*|quick-exit.*|exit-(?:site|page)-?(?:button)?|call-now-button"
            r"|sticky-cta.*"
            r"|grecaptcha.*|g-recaptcha.*|customize-support|wpadminbar|wp-admin-bar.*",
            # what a form says when it is sent
            r"w-form-(?:done|fail)|(?:sent|error|success|thank-?you)-message|form-(?:success|error|message)s?"
            r"|wpcf7-response-output|form-submission-text|loading",
            # slides that a carousel shows twice
            r"slick-cloned|swiper-slide-duplicate|cloned|owl-cloned|splide__slide--clone",
            # icons that are written as words
            r"material-icons.*|material-symbols.*",
            # Wix
            r"site_header.*|site_footer.*|scroll_to_top|scroll_to_bottom|skip_element|skipnavigation.*",
        )
    )
)

# Furniture of a few words: what stands around a post. Some themes call the post itself so.
_SMALL = re.compile(
    r"(?:entry|post|blog|article)-?(?:meta|footer|tags|categories|info|byline|details|author(?:-date)?"
    r"|date|views"
    r"|reading-time|utility|cats|cat-links)(?:-.*)?|byline|posted-on|cat-links|tags-links|tag-links|edit-link"
    r"|postmetadata|et_pb_post_meta.*|blog-meta.*|blog-item-(?:meta|top|author|category|tag).*|reading-time"
    r"|read-?time|wp-block-post-(?:date|author.*|terms|navigation-link|time-to-read)|post-categories"
    r"|post-views"
    r"|item-tags|blog-categories|meta-data|post-ratings?|author-(?:box|info-box)|about-author-box"
)

# Furniture where it is mostly links, or a word or two.
_LIKELY = re.compile(
    r"(?:.*-)?(?:nav|menu|social|follow|links|toc|tags?|categories|meta|author|avatar|widget|share|toolbar"
    r"|banner"
    r"|promo|cta|newsletter|pop-?up|modal|overlay|subscribe|login|account|cart|badge|cookie|cookies|consent"
    r"|navigation|footer|header|aside|sub-?menu|drop-?down|flyout|table-of-contents|contents|archive"
    r"|archives)"
    r"(?:-(?:wrap|wrapper|container|list|bar|area|box|section|inner|content|items?|group))?"
)

# A page's own banner: kept only where it is the stage of the page's title.
_HEADER = re.compile(
    r"(?:site|main|global|page-?top)-?header(?:-.*)?|header|header-(?:wrap|wrapper|container|area|inner"
    r"|main|section"
    r"|content)|mast-?head|site_header|et-l--header|banner|site-branding|branding|logo|site-logo|navbar-brand"
)

# Wix names parts of its blog in `data-hook`, GoDaddy its widgets in `data-aid`.
_HOOKS = re.compile(
    r"(?:recent|related)-posts.*|post-?(?:footer|main-actions|stats|header-icons|category.*|social.*"
    r"|metadata.*)"
    r"|comments?-?.*|.*-?comments|share-?.*|social-.*|time-(?:ago|to-read)|user-(?:name|info).*|like-button.*"
    r"|more-button.*|view-count.*|blog-(?:header|navigation|category-menu|tags).*|tag-cloud.*|rce-load-more.*"
    r"|consent-banner.*|cookie.*|footer.*|navigation.*|skip-.*|header|header_(?:logo|nav|phone).*"
    r"|header-navigation"
    r"|nav.*|subscribe.*|login-.*|last-published|post-list-.*|pagination.*",
    re.IGNORECASE,
)

# Where a post's own text is, and all of it.
_CONTENT = re.compile(
    r"entry-content|wp-block-post-content|post-content|post__content|post-body|article-content|article-body"
    r"|blog-item-content(?:-wrapper)?|gh-content|et_pb_post_content|elementor-widget-theme-post-content"
    r"|field--name-body|rich-text-block"
)
_CONTENT_HOOKS = frozenset(("post-description", "post-content", "post-page-content"))

# A part that opens and closes, and the words that open it.
_PANEL = re.compile(
    r".*(?:accordion|collaps|tab-?pane|tab-?panel|tab-?content|toggle|faq|answer|expand|panel|reveal"
    r"|read-?more"
    r"|more-?text|spoiler|drop-?down|details|w-tab).*"
)
_TRIGGER = re.compile(
    r".*(?:accordion|faq|toggle|collaps\w*|expand\w*|spoiler)[-_]*(?:item[-_]*|panel[-_]*)*(?:title|header"
    r"|heading|button"
    r"|btn|question|trigger|label|summary|q)(?:-.*)?|faq-q|.*question(?:-(?:title|text))?"
    r"|accordion-item__click-target"
)
_FLEX = re.compile(r"(?:d-)?(?:inline-)?(?:flex|grid)(?:-.*)?|row|is-layout-flex|columns")
# Seen by nobody; classes such as `d-none d-md-block` show it on some screens.
_UNSEEN = re.compile(
    r"sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|u-hidden|is-hidden|hidden|hide|d-none|invisible"
    r"|w-condition-invisible|assistive-text|a11y-hidden|offscreen|off-screen|hidden-accessible"
)
_SHOWN = re.compile(
    r"(?:sm|md|lg|xl|xxl|2xl):.*|d-(?:sm|md|lg|xl|xxl)-.*|(?:.*-)?(?:show|visible)(?:-.*)?|show-.*|print:.*"
)


@lru_cache(maxsize=4096)
def names(written: str) -> tuple[str, ...]:
    """The names in a class or id attribute, in one spelling: `siteHeader`, `site_header`, `site-header`."""
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", written).lower().split()
    return tuple(dict.fromkeys(form for name in spelled for form in (name, re.sub(r"[-_]+", "-", name))))


@lru_cache(maxsize=4096)
def is_furniture(written: str) -> bool:
    return any(map(_CERTAIN.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_trail(written: str) -> bool:
    """Whether it is breadcrumbs; some themes set the page's title among them."""
    return any("breadcrumb" in name for name in names(written))


@lru_cache(maxsize=4096)
def is_small_furniture(written: str) -> bool:
    return any(map(_SMALL.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_likely_furniture(written: str) -> bool:
    return any(map(_LIKELY.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_header(written: str) -> bool:
    return any(map(_HEADER.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_panel(written: str) -> bool:
    return any(map(_PANEL.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_trigger(written: str) -> bool:
    return any(map(_TRIGGER.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_row(written: str) -> bool:
    """Whether its children stand side by side, and so apart."""
    return any(map(_FLEX.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_unseen(written: str) -> bool:
    known = names(written)
    return any(map(_UNSEEN.fullmatch, known)) and not any(map(_SHOWN.fullmatch, known))


@lru_cache(maxsize=4096)
def is_content(written: str, hook: str) -> bool:
    return hook in _CONTENT_HOOKS or any(map(_CONTENT.fullmatch, names(written)))


@lru_cache(maxsize=4096)
def is_furniture_hook(hook: str) -> bool:
    return bool(hook) and _HOOKS.fullmatch(hook) is not None
