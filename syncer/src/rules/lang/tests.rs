//! Every function by the documented examples, and the traps of the language.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{AttributeSource, Context, EvalError, Expr, Value};

fn world() -> BTreeMap<String, Value> {
    let list = |values: &[&str]| Value::list(values.iter().map(Value::str));
    BTreeMap::from([
        ("mail".to_owned(), Value::str("ana@corp.example.test")),
        ("sAMAccountName".to_owned(), Value::str("ana")),
        ("proxyAddresses".to_owned(), list(&["SMTP:Ana@x.test", "smtp:a@x.test", "SIP:ana@x.test"])),
        ("padded".to_owned(), list(&[" a ", "b "])),
        ("userAccountControl".to_owned(), Value::Num(514)),
        ("isCriticalSystemObject".to_owned(), Value::Bool(true)),
        (
            "objectGUID".to_owned(),
            Value::bin([
                0x40, 0x5e, 0x47, 0x1c, 0xae, 0xe7, 0xf3, 0x4a, 0xaf, 0x75, 0x8b, 0x14, 0x3c, 0x81, 0xda,
                0xf5,
            ]),
        ),
        ("dn".to_owned(), Value::str("cn=Joe,ou=Atlanta,ou=GA,ou=US,dc=contoso,dc=com")),
        ("seventeen".to_owned(), Value::list((0..17).map(|i| Value::bin([i])))),
        ("garbage".to_owned(), Value::bin([1, 2, 3])),
    ])
}

fn eval_in(attributes: &dyn AttributeSource, text: &str) -> Result<Value, EvalError> {
    let parameters = BTreeMap::from([("Domain.FQDN".to_owned(), "corp.example.test".to_owned())]);
    let now: Timestamp = "2026-09-01T12:00:00Z".parse().expect("an instant");
    let expr = Expr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    expr.eval(&Context::new(attributes, &parameters, now, 7))
}

fn eval(text: &str) -> Value {
    eval_in(&world(), text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn shown(text: &str) -> String {
    fn show(value: &Value) -> String {
        match value {
            Value::Str(text) | Value::Ref(text) => text.to_string(),
            Value::Num(number) => number.to_string(),
            Value::Bool(truth) => format!("{truth}"),
            Value::Bin(octets) => hex::encode(octets),
            Value::Date(date) => date.to_string(),
            Value::List(values) => format!("[{}]", values.iter().map(show).collect::<Vec<_>>().join("|")),
            other => format!("{other:?}"),
        }
    }
    show(&eval(text))
}

#[test]
fn documented_examples() {
    let table = [
        ("BitAnd(&HF, &HF7)", "7"),
        ("BitOr(4, 1)", "5"),
        ("BitAnd(-2147483646, -2147483648)", "-2147483648"),
        ("CBool(NULL)", "false"),
        (r#"CDate("2013-01-10 4:00 PM -8")"#, "2013-01-11T00:00:00"),
        (r#"ConvertFromBase64("SABlAGwAbABvACAAdwBvAHIAbABkACEA")"#, "Hello world!"),
        (r#"ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)"#, "Hello world!"),
        (r#"ConvertFromUTF8Hex("48656C6C6F20776F726C6421")"#, "Hello world!"),
        (r#"ConvertToBase64("Hello world!")"#, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
        (r#"ConvertToUTF8Hex("Hello world!")"#, "48656C6C6F20776F726C6421"),
        (r#"DateAdd("m", 3, CDate("2001-01-01"))"#, "2001-04-01T00:00:00"),
        (r#"DateAdd("m", 1, CDate("2001-01-31"))"#, "2001-02-28T00:00:00"),
        ("DateFromNum(129699324000000000)", "2012-01-01T23:00:00"),
        ("NumFromDate(DateFromNum(129699324000000000))", "129699324000000000"),
        (r#"FormatDateTime(CDate("12/25/2007"), "yyyy-MM-dd")"#, "2007-12-25"),
        (r#"FormatDateTime(DateFromNum(129699324000000000), "yyyyMMddHHmmss.0Z")"#, "20120101230000.0Z"),
        ("DNComponent(CRef([dn]), 1)", "Joe"),
        ("DNComponentRev(CRef([dn]), 3)", "US"),
        (r#"DNComponentRev(CRef([dn]), 1, "DC")"#, "US"),
        (r#"InStr("The quick brown fox", "quick")"#, "5"),
        (r#"InStr("repEated", "e", 3, vbBinaryCompare)"#, "7"),
        (r#"InStrRev("abbcdbbbef", "bb")"#, "7"),
        ("IsBitSet(&HF, 4)", "true"),
        (r#"PCase("TEsT")"#, "Test"),
        (r#"Mid("John Doe", 3, 5)"#, "hn Do"),
        (r#"Mid("John Doe", 6, 999)"#, "Doe"),
        (r#"Mid("John Doe", 99, 2)"#, "John Doe"),
        (r#"Left("John Doe", 3)"#, "Joh"),
        (r#"Left("John Doe", -1)"#, "John Doe"),
        ("Left(NULL, 3)", ""),
        (r#"Right("John Doe", 3)"#, "Doe"),
        (r#"PadLeft("User", 10, "0")"#, "000000User"),
        (r#"PadRight("User", 10, "0")"#, "User000000"),
        (r#"ReplaceChars("Räksmörgås", "å:a,ä:a,ö:o")"#, "Raksmorgas"),
        (r#"Word("The quick brown fox", 3, " ")"#, "brown"),
        (r#"Word("This,string!has&many separators", 3, ",!&#")"#, "has"),
        (r#"Join(Split("a,b,c", ","), "+")"#, "a+b+c"),
        (r#"EscapeDNComponent("cn=a,b")"#, r"cn=a\,b"),
        (
            r#"StringFromGuid(CGuid("{1c475e40-e7ae-4af3-af75-8b143c81daf5}"))"#,
            "1c475e40-e7ae-4af3-af75-8b143c81daf5",
        ),
        ("ConvertToBase64([objectGUID])", "QF5HHK7n80qvdYsUPIHa9Q=="),
        ("Len([objectGUID])", "16"),
        ("CBin(258, 2)", "0102"),
        ("2*5+3", "13"),
        ("2*(5+3)", "16"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn lists_broadcast_through_scalar_functions() {
    assert_eq!(shown("Trim([padded])"), "[a|b]");
    assert_eq!(shown(r#"Word([proxyAddresses], 2, ":")"#), "[Ana@x.test|a@x.test|ana@x.test]");
    assert_eq!(
        shown(r#"IIF(InStr([proxyAddresses], "SIP:") = 1, NULL, [proxyAddresses])"#),
        "[SMTP:Ana@x.test|smtp:a@x.test]"
    );
    assert_eq!(shown("Count([proxyAddresses])"), "3");
    assert_eq!(shown("Count([absent])"), "0");
    assert_eq!(shown(r#"Contains([proxyAddresses], "smtp:")"#), "2");
    assert_eq!(shown(r#"Contains([proxyAddresses], "smtp:", CaseInsensitive)"#), "1");
    assert_eq!(shown(r#"Item([proxyAddresses], Contains([proxyAddresses], "SMTP:"))"#), "SMTP:Ana@x.test");
    assert_eq!(
        shown(r#"Select($item, [proxyAddresses], Replace($item, "x.test", "y.test"))"#),
        "[SMTP:Ana@y.test|smtp:a@y.test|SIP:ana@y.test]"
    );
    assert_eq!(shown(r#"With($c, Where($item, [proxyAddresses], InStr($item, "a@") > 0), Count($c))"#), "3");
    assert_eq!(shown(r#"ValueCount("proxyAddresses")"#), "3");
}

#[test]
fn null_semantics() {
    assert_eq!(eval("[absent]"), Value::Null);
    assert_eq!(eval("NULL = True"), Value::Bool(false));
    assert_eq!(eval("[absent] = NULL"), Value::Bool(true));
    assert_eq!(eval(r#"[absent] & "x""#), Value::str("x"));
    assert_eq!(eval("IsPresent([absent])"), Value::Bool(false));
    assert_eq!(eval("Switch([absent] = 1, 2)"), Value::Null);
    assert_eq!(eval("Trim([absent])"), Value::Null);
    assert_eq!(eval("ItemOrNull([padded], 3)"), Value::Null);
}

#[test]
fn over_fifteen_certificates_contribute_an_authoritative_null() {
    let rule = "IIF(IsNullOrEmpty([userCertificate]), NULL, IIF((Count([userCertificate])> 15),AuthoritativeNull,[userCertificate]))";
    let with = |values: Value| BTreeMap::from([("userCertificate".to_owned(), values)]);
    let many = |n: u8| Value::list((0..n).map(|i| Value::bin([i])));
    assert_eq!(eval_in(&with(many(16)), rule), Ok(Value::AuthoritativeNull));
    assert_eq!(eval_in(&with(many(15)), rule), Ok(many(15)));
    assert_eq!(eval_in(&BTreeMap::new(), rule), Ok(Value::Null));
}

#[test]
fn branches_not_taken_are_not_evaluated() {
    assert_eq!(eval(r#"IIF(True, 1, Error("no"))"#), Value::Num(1));
    assert_eq!(eval_in(&world(), r#"IIF(False, 1, Error("no"))"#), Err(EvalError::Raised("no".to_owned())));
    assert_eq!(eval(r#"True || Error("no") = 1"#), Value::Bool(true));
}

#[test]
fn errors_name_the_function() {
    let failing = [
        ("Item([padded], 3)", "Item: the index is out of bounds"),
        ("Switch(True, 1, False)", "Switch: expected pairs of condition and value, found 3 arguments"),
        ("1 / 0", "/: division by zero or a result beyond 64 bits"),
        ("%Unset%", "the parameter %Unset% is not set"),
        ("$free", "the variable $free is not bound here"),
        ("CertSubject([garbage])", "CertSubject: 3 octets are no certificate"),
    ];
    for (text, expected) in failing {
        assert_eq!(eval_in(&world(), text).map_err(|e| e.to_string()), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn syntax_errors_say_where_and_what() {
    let broken = [
        ("trim([mail])", "column 1: there is no function `trim`; did you mean `Trim`?"),
        ("Trim([mail]", "column 12: expected `)`, found the end"),
        ("Trim()", "column 1: Trim takes 1 argument (Trim(str)), found 0"),
        (
            "\u{201c}x\u{201d}",
            "column 1: `\u{201c}` (U+201C) is a typographic quote; strings stand in straight quotes `\"`",
        ),
        ("true", "column 1: `true` is no constant; did you mean `True`?; an attribute is written [true]"),
        ("[mail", "column 1: attribute is not closed by `]`"),
        ("1 2", "column 3: expected an operator or the end, found 2"),
        ("", "column 1: expected a value, found the end"),
    ];
    for (text, expected) in broken {
        let message = Expr::parse(text).unwrap_err().to_string();
        assert!(
            message.starts_with(expected.split(" (Trim(str)").next().unwrap_or(expected)),
            "{text}: {message}"
        );
    }
}

#[test]
fn hostile_input_is_refused_in_time() {
    assert!(Expr::parse(&"(".repeat(50_000)).is_err());
    assert!(Expr::parse(&"-".repeat(50_000)).is_err());
    assert!(Expr::parse(&format!("1{}", "+1".repeat(20_000))).is_err());
    assert!(Expr::parse(&" ".repeat(10 << 20)).is_err());
    let deep = format!("{}1{}", "Trim(".repeat(90), ")".repeat(90));
    assert_eq!(eval(&deep), Value::str("1"));
}

#[test]
fn the_out_of_box_filter_reads_as_meant() {
    let rule = r#"IIF(IsPresent([isCriticalSystemObject]) || IsPresent([sAMAccountName]) = False || [sAMAccountName] = "SUPPORT_388945a0" || Left([mailNickname], 14) = "SystemMailbox{" || Left([sAMAccountName], 4) = "AAD_" || (Left([mailNickname], 4) = "CAS_" && (InStr([mailNickname], "}") > 0)) || (Left([sAMAccountName], 4) = "CAS_" && (InStr([sAMAccountName], "}") > 0)) || Left([sAMAccountName], 5) = "MSOL_" || CBool(IIF(IsPresent([msExchRecipientTypeDetails]),BitAnd([msExchRecipientTypeDetails],&H21C07000) > 0,NULL)) || CBool(InStr(DNComponent(CRef([dn]),1),"\\0ACNF:")>0), True, NULL)"#;
    let object = |pairs: &[(&str, Value)]| -> BTreeMap<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let plain = [("sAMAccountName", Value::str("ana")), ("dn", Value::str("CN=Ana,DC=x"))];
    assert_eq!(eval_in(&object(&plain), rule), Ok(Value::Null));
    let filtered = |name: &str, value: Value| {
        let mut attributes = object(&plain);
        attributes.insert(name.to_owned(), value);
        eval_in(&attributes, rule)
    };
    assert_eq!(filtered("sAMAccountName", Value::str("MSOL_1")), Ok(Value::Bool(true)));
    assert_eq!(filtered("sAMAccountName", Value::str("CAS_{x}")), Ok(Value::Bool(true)));
    assert_eq!(filtered("isCriticalSystemObject", Value::Bool(true)), Ok(Value::Bool(true)));
    assert_eq!(filtered("msExchRecipientTypeDetails", Value::Num(0x1000)), Ok(Value::Bool(true)));
    assert_eq!(filtered("msExchRecipientTypeDetails", Value::Num(1)), Ok(Value::Null));
    assert_eq!(filtered("dn", Value::str(r"CN=Ana\0ACNF:1c47,DC=x")), Ok(Value::Bool(true)));
}

#[test]
fn random_values_repeat_with_the_seed() {
    assert_eq!(eval("Guid()"), eval("Guid()"));
    assert_ne!(eval("Guid() & Guid()"), eval(r#"Guid() & """#));
    let Value::Num(drawn) = eval("RandomNum(-9223372036854775807, 9223372036854775807)") else {
        panic!("a number")
    };
    assert_ne!(drawn, 0);
    for _ in 0..20 {
        assert!(matches!(eval("RandomNum(3, 5)"), Value::Num(3..=5)));
    }
}

/// The certificate functions on real values of the dump.
mod certificates {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    const PEM: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/corp-ad/keys/keyed1.crt.pem"));

    fn with_certificate(text: &str) -> String {
        let body: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).expect("a PEM body");
        let attributes = BTreeMap::from([
            ("userCertificate".to_owned(), Value::bin(der)),
            ("pem".to_owned(), Value::str(PEM)),
            ("mixed".to_owned(), Value::list([Value::bin([1, 2]), Value::str(PEM)])),
        ]);
        match eval_in(&attributes, text) {
            Ok(Value::Str(text)) => text.to_string(),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("error {error}"),
        }
    }

    #[test]
    fn read_der_and_pem_alike() {
        assert_eq!(with_certificate("IsCert([userCertificate])"), "Bool(true)");
        assert_eq!(
            with_certificate("CertThumbprint([userCertificate])"),
            with_certificate("CertThumbprint([pem])")
        );
        assert_eq!(with_certificate("CertVersion([pem])"), "Num(3)");
        assert_eq!(
            with_certificate("CertIssuer([userCertificate])"),
            with_certificate("CertIssuerDN([pem])")
        );
        assert!(with_certificate("CertIssuer([userCertificate])").starts_with("CN="));
        assert_eq!(with_certificate("CertKeyAlgorithm([userCertificate])"), "1.2.840.113549.1.1.1");
        assert_eq!(with_certificate("CertKeyAlgorithmParams([userCertificate])"), "0500");
        assert!(with_certificate(r#"CertNameInfo([userCertificate], "EmailName", False)"#).contains('@'));
        assert!(
            with_certificate(r#"CertNameInfo([userCertificate], "Wrong", False)"#)
                .starts_with("error CertNameInfo: `Wrong`")
        );
    }

    #[test]
    fn filter_by_validity_and_by_being_one() {
        assert_eq!(
            with_certificate("Count(Where($item, [userCertificate], CertNotAfter($item) > Now()))"),
            "Num(1)"
        );
        assert_eq!(with_certificate("Count(Where($item, [mixed], IsCert($item)))"), "Num(1)");
        assert!(
            with_certificate("Where($item, [mixed], CertNotAfter($item) > Now())")
                .starts_with("error CertNotAfter")
        );
    }
}

proptest::proptest! {
    #[test]
    fn nothing_panics_on_any_text(text in "[\\PC\"\\[\\]()%$&]{0,200}") {
        if let Ok(expr) = Expr::parse(&text) {
            let _ = expr.eval(&Context::new(&world(), &BTreeMap::new(), Timestamp::UNIX_EPOCH, 1));
        }
    }

    #[test]
    fn mid_left_right_agree(text in "\\PC{0,30}", n in 0_i64..40) {
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        let left = eval(&format!("Left(\"{quoted}\", {n})"));
        let expected: String = text.chars().take(usize::try_from(n).unwrap()).collect();
        proptest::prop_assert_eq!(left, Value::str(expected));
    }
}
