use crate::near::advice;

#[test]
fn renames_what_was_seen_in_the_wild() {
    for (name, right) in [
        ("KLING_AI_ACCESS_KEY", "KLING_ACCESS_KEY"),
        ("KLING_AI_SECRET_KEY", "KLING_SECRET_KEY"),
        ("KLINGAI_API_ACCESS_KEY", "KLING_ACCESS_KEY"),
        ("KLINGAI_API_SECRET_KEY", "KLING_SECRET_KEY"),
        ("KLING_AK", "KLING_ACCESS_KEY"),
        ("KLING_SK", "KLING_SECRET_KEY"),
        ("KLING_API_SECRET", "KLING_SECRET_KEY"),
        ("KLING_API_TOKEN", "KLING_API_KEY"),
        ("KLING_APIKEY", "KLING_API_KEY"),
        ("KLING_AI_API_KEY", "KLING_API_KEY"),
        ("KLING_KEY", "KLING_API_KEY"),
        ("kling_api_key", "KLING_API_KEY"),
        ("Kling_Ak", "KLING_ACCESS_KEY"),
        ("KLINGAI_SK", "KLING_SECRET_KEY"),
        ("KLING_ACCESS_KEY_SECRET", "KLING_SECRET_KEY"),
        ("KLING_BASE_URL", "KLING_API_BASE"),
        ("KLING_API_BASE_URL", "KLING_API_BASE"),
        ("KLINGAI_WEBHOOK_SECRET", "KLING_WEBHOOK_SECRET"),
        ("KLINGAPIKEY", "KLING_API_KEY"),
        ("klingApiKey", "KLING_API_KEY"),
        ("kling-api-key", "KLING_API_KEY"),
        ("KLING_SECRET", "KLING_SECRET_KEY"),
        ("KLING_ACCESS", "KLING_ACCESS_KEY"),
        ("KLING_ACCESS_TOKEN", "KLING_API_KEY"),
        ("KLING_SECRETKEY", "KLING_SECRET_KEY"),
        ("KLING_URL", "KLING_API_BASE"),
        ("API_KEY_KLING", "KLING_API_KEY"),
        ("klingai_api_key", "KLINGAI_API_KEY"),
        // A slip of the finger: a letter less, more, other, two exchanged.
        ("KLING_ACCES_KEY", "KLING_ACCESS_KEY"),
        ("KLING_API_KEYY", "KLING_API_KEY"),
        ("KLING_SECRET_KET", "KLING_SECRET_KEY"),
        ("KLING_SERCET_KEY", "KLING_SECRET_KEY"),
        ("KLIGN_API_KEY", "KLING_API_KEY"),
        ("KILNG_API_BASE", "KLING_API_BASE"),
    ] {
        assert_eq!(
            advice(name).as_deref(),
            Some(format!("is set, but nobody reads it: rename it to {right}").as_str()),
            "{name}"
        );
    }
    for name in ["KLING_REGION", "KLING_API_REGION"] {
        assert_eq!(
            advice(name).as_deref(),
            Some(
                "is set, but nobody reads it: pass the option region, or set KLING_API_BASE to the region's URL"
            )
        );
    }
}

#[test]
fn leaves_names_alone_that_are_read_or_somebody_elses() {
    for name in [
        "KLING_API_KEY",
        "KLING_ACCESS_KEY",
        "KLING_SECRET_KEY",
        "KLINGAI_API_KEY",
        "KLINGAI_ACCESS_KEY",
        "KLINGAI_SECRET_KEY",
        "KLING_ACCESS_KEY_ID",
        "KLING_SECRET_ACCESS_KEY",
        "KLING_API_BASE",
        "KLING_WEBHOOK_SECRET",
        "KLING_KEY_FILE",
        "KLING_AUTH_BINARY",
        "KLINGON_API_KEY",
        "KLING_API_KEY_2",
        "KLING_API_KEY_OLD",
        "KLING_KEYS_CREATED",
        "KLING_MODEL",
        "KLING",
        "API_KEY",
        "PATH",
    ] {
        assert_eq!(advice(name), None, "{name}");
    }
}
