use super::*;
use crate::salesforce::definitions::FIELD_TYPES;

/// The XML of an object with one field.
fn field(field: &str) -> Result<String, Failure> {
    let payload = format!(r#"{{"fullName":"A__c","label":"A","fields":[{field}]}}"#);
    let components = description::objects(&payload, false)?;
    let body = &components[0].body;
    let (_, after) = body.split_once("<fields>").unwrap();
    Ok(after.split_once("</fields>").unwrap().0.to_owned())
}

#[test]
fn every_type_of_field_is_written_with_what_it_requires() {
    let given = [
        r#""displayFormat":"A-{0}""#,
        "",
        r#""precision":18,"scale":2"#,
        r#""customDataType":"x""#,
        "",
        "",
        "",
        r#""length":"20""#,
        r#""referenceTo":"X__x""#,
        "",
        "",
        r#""length":32768"#,
        r#""referenceTo":"A","referenceTargetField":"B__c""#,
        r#""scale":5"#,
        r#""length":32768,"visibleLines":9"#,
        r#""referenceTo":"Account""#,
        r#""referenceTo":"Account","relationshipName":"As""#,
        r#""referenceTo":"EntityDefinition""#,
        r#""valueSet":{"valueSetName":"S"}"#,
        r#""precision":3,"scale":0"#,
        r#""precision":3,"scale":0"#,
        "",
        r#""values":["<a>","b"]"#,
        r#""summaryForeignKey":"I__c.A__c","summaryOperation":"count""#,
        r#""length":80"#,
        "",
        "",
        "",
    ];
    for (kind, given) in FIELD_TYPES.iter().zip(given) {
        let name = kind.name;
        let comma = if given.is_empty() { "" } else { "," };
        let text = format!(r#"{{"type":"{name}","fullName":"F__c","label":"F"{comma}{given}}}"#);
        let written = field(&text).unwrap_or_else(|f| panic!("{text}: {f:?}"));
        assert!(
            written.starts_with("<fullName>F__c</fullName>"),
            "{written}"
        );
        assert!(
            written.contains(&format!("<type>{name}</type>")),
            "{written}"
        );
        for (default, _) in kind.defaults {
            assert!(written.contains(&format!("<{default}>")), "{written}");
        }
        // Without any one thing that is required, it is refused.
        for (need, _) in kind.needs {
            let without = text.replacen(&format!("\"{need}\":"), "\"x\":", 1);
            let without = without.replacen("\"values\":", "\"x\":", 1);
            let failure = field(&without).unwrap_err();
            assert_eq!(failure.detail.code, "MISSING_INPUT", "{without}");
            let place = format!("salesforcePayload.fields[0].{need}");
            assert_eq!(parameter(&failure), place);
            assert!(failure.detail.message.contains(name), "{failure:?}");
        }
    }
    let written = field(r#"{"fullName":"F__c","label":"F","type":"Picklist","values":["<a>"]}"#);
    assert_eq!(
        written.unwrap(),
        "<fullName>F__c</fullName><label>F</label><type>Picklist</type><valueSet>\
         <valueSetDefinition><sorted>false</sorted><value><fullName>&lt;a&gt;</fullName>\
         <default>false</default><label>&lt;a&gt;</label></value></valueSetDefinition></valueSet>"
    );
}

#[test]
fn a_formula_needs_neither_length_nor_default() {
    let written = field(r#"{"fullName":"F__c","label":"F","type":"Text","formula":"A & B < 1"}"#);
    assert!(
        written
            .unwrap()
            .contains("<formula>A &amp; B &lt; 1</formula>")
    );
    let written = field(r#"{"fullName":"F__c","label":"F","type":"Checkbox","formula":"true"}"#);
    assert!(!written.unwrap().contains("defaultValue"));
}

#[test]
fn a_detail_is_controlled_by_its_parent() {
    let field = r#"[{"fullName":"F__c","label":"F","type":"MasterDetail","referenceTo":"B__c","relationshipName":"As"}]"#;
    let object =
        |more: &str| format!(r#"{{"fullName":"A__c","label":"A","fields":{field}{more}}}"#);
    let components = description::objects(&object(""), true).unwrap();
    assert!(
        components[0]
            .body
            .contains("<sharingModel>ControlledByParent</sharingModel>")
    );
    let failure = description::objects(&object(r#","sharingModel":"Read""#), false);
    assert_eq!(
        parameter(&failure.unwrap_err()),
        "salesforcePayload.sharingModel"
    );
}

#[test]
fn other_kinds_of_object_have_no_defaults_of_records() {
    for name in ["A__mdt", "A__e", "A__b", "A__x"] {
        let payload = format!(r#"{{"fullName":"{name}","label":"A","eventType":"HighVolume"}}"#);
        let components = description::objects(&payload, true).unwrap();
        assert_eq!(
            components[0].body,
            "<eventType>HighVolume</eventType><label>A</label>"
        );
        assert!(!components[0].grantable);
    }
    let settings = r#"{"fullName":"A__c","label":"A","customSettingsType":"List"}"#;
    assert!(
        !description::objects(settings, true).unwrap()[0]
            .body
            .contains("nameField")
    );
}

#[test]
fn wrong_descriptions_are_named_before_anything_is_sent() {
    let long = format!(
        r#"{{"fullName":"A__c","label":"A","description":"{}"}}"#,
        "x".repeat(1_000_000)
    );
    let field = |more: &str| {
        format!(
            r#"{{"fullName":"A__c","label":"A","fields":[{{"fullName":"F__c","label":"F",{more}}}]}}"#
        )
    };
    let table: Vec<(String, &str, &str)> = vec![
        ("".into(), "MISSING_INPUT", ""),
        ("  ".into(), "MISSING_INPUT", ""),
        ("7".into(), "INVALID_INPUT", ""),
        ("{".into(), "INVALID_INPUT", ""),
        ("[{]".into(), "INVALID_INPUT", ""),
        ("[]".into(), "MISSING_INPUT", ""),
        ("[1]".into(), "INVALID_INPUT", "[0]"),
        ("{}".into(), "MISSING_INPUT", ".fullName"),
        (
            r#"{"fullName":"","label":"A"}"#.into(),
            "MISSING_INPUT",
            ".fullName",
        ),
        (
            r#"{"fullName":"A","label":"A"}"#.into(),
            "INVALID_INPUT",
            ".fullName",
        ),
        (
            r#"{"fullName":"A</x>__c","label":"A"}"#.into(),
            "INVALID_INPUT",
            ".fullName",
        ),
        (
            r#"{"fullName":"Ä__c","label":"A"}"#.into(),
            "INVALID_INPUT",
            ".fullName",
        ),
        (
            r#"{"fullName":7,"label":"A"}"#.into(),
            "INVALID_INPUT",
            ".fullName",
        ),
        (r#"{"fullName":"A__c"}"#.into(), "MISSING_INPUT", ".label"),
        (
            r#"{"fullName":"A__c","label":"a\u0007"}"#.into(),
            "INVALID_INPUT",
            ".label",
        ),
        (
            r#"{"fullName":"A__c","label":"A","label":"B"}"#.into(),
            "INVALID_INPUT",
            "",
        ),
        (
            r#"{"fullName":"A__c","label":"A","type":"Account"}"#.into(),
            "INVALID_INPUT",
            ".type",
        ),
        (
            r#"{"fullName":"A__c","label":"A","sharingModel":"None"}"#.into(),
            "INVALID_INPUT",
            ".sharingModel",
        ),
        (
            r#"{"fullName":"A__c","label":"A","deploymentStatus":1}"#.into(),
            "INVALID_INPUT",
            ".deploymentStatus",
        ),
        (
            r#"{"fullName":"A__c","label":"A","enableReports":"yes"}"#.into(),
            "INVALID_INPUT",
            ".enableReports",
        ),
        (
            r#"{"fullName":"A__c","label":"A","a b":1}"#.into(),
            "INVALID_INPUT",
            ".a b",
        ),
        (
            r#"{"fullName":"A__c","label":"A","nameField":"x"}"#.into(),
            "INVALID_INPUT",
            ".nameField",
        ),
        (
            r#"{"fullName":"A__c","label":"A","nameField":{"type":"Number"}}"#.into(),
            "INVALID_INPUT",
            ".nameField.type",
        ),
        (
            r#"{"fullName":"A__c","label":"A","nameField":{"type":"AutoNumber"}}"#.into(),
            "MISSING_INPUT",
            ".nameField.displayFormat",
        ),
        (
            r#"{"fullName":"A__c","label":"A","fields":{}}"#.into(),
            "INVALID_INPUT",
            ".fields",
        ),
        (
            r#"{"fullName":"A__c","label":"A","fields":[7]}"#.into(),
            "INVALID_INPUT",
            ".fields[0]",
        ),
        (
            r#"{"createMetadata":{"metadata":[{"fullName":"A__c"}]}}"#.into(),
            "MISSING_INPUT",
            ".createMetadata.metadata[0].label",
        ),
        (r#"{"metadata":[],"x":1}"#.into(), "INVALID_INPUT", ".x"),
        (
            r#"{"metadata":[{"xsi:type":"a\"b","fullName":"A"}]}"#.into(),
            "INVALID_INPUT",
            ".metadata[0].xsi:type.a\\\"b",
        ),
        (long, "INVALID_INPUT", ".description"),
        (field(r#""x":1"#), "MISSING_INPUT", ".fields[0].type"),
        (
            field(r#""type":"String""#),
            "INVALID_INPUT",
            ".fields[0].type",
        ),
        (
            field(r#""type":"Text","length":256"#),
            "INVALID_INPUT",
            ".fields[0].length",
        ),
        (
            field(r#""type":"Text","length":"x""#),
            "INVALID_INPUT",
            ".fields[0].length",
        ),
        (
            field(r#""type":"Number","precision":2,"scale":3"#),
            "INVALID_INPUT",
            ".fields[0].scale",
        ),
        (
            field(r#""type":"Number","precision":19,"scale":3"#),
            "INVALID_INPUT",
            ".fields[0].precision",
        ),
        (
            field(r#""type":"Email","unique":1"#),
            "INVALID_INPUT",
            ".fields[0].unique",
        ),
        (
            field(r#""type":"Picklist","values":[]"#),
            "MISSING_INPUT",
            ".fields[0].values",
        ),
        (
            field(r#""type":"Picklist","values":[1]"#),
            "INVALID_INPUT",
            ".fields[0].values",
        ),
        (
            field(r#""type":"Picklist","values":["\u0001"]"#),
            "INVALID_INPUT",
            ".fields[0].values[0].fullName",
        ),
        (
            field(r#""type":"Picklist","values":["a"],"valueSet":{}"#),
            "INVALID_INPUT",
            ".fields[0].values",
        ),
        (
            field(r#""type":"Summary","summaryForeignKey":"B.C","summaryOperation":"avg""#),
            "INVALID_INPUT",
            ".fields[0].summaryOperation",
        ),
        (
            field(r#""type":"Summary","summaryForeignKey":"B.C","summaryOperation":"sum""#),
            "MISSING_INPUT",
            ".fields[0].summarizedField",
        ),
        (
            field(r#""type":"Date","inlineHelpText":{"a":{"b":"\u0000"}}"#),
            "INVALID_INPUT",
            ".fields[0].inlineHelpText.a.b",
        ),
    ];
    for (payload, code, place) in table {
        let script = Script::default();
        let failure = run(&script, &payload, CREATE).unwrap_err();
        assert_eq!(failure.kind, Kind::Permanent);
        assert_eq!(failure.detail.code, code, "{payload:.200}");
        assert_eq!(
            parameter(&failure),
            format!("salesforcePayload{place}"),
            "{payload:.200}"
        );
        assert!(failure.detail.message.len() < 2_000, "{payload:.200}");
        assert!(script.lines().is_empty());
    }
    // A default would open an object that is there.
    let failure = run(
        &Script::default(),
        r#"{"fullName":"A__c","label":"A"}"#,
        UPDATE,
    );
    assert_eq!(
        parameter(&failure.unwrap_err()),
        "salesforcePayload.sharingModel"
    );
}

#[test]
fn a_label_of_markup_stays_text() {
    let payload = r#"{"fullName":"A__c","label":"</label><x>&amp;]]>\"'"}"#;
    let components = description::objects(payload, false).unwrap();
    let label = "<label>&lt;/label&gt;&lt;x&gt;&amp;amp;]]&gt;&quot;&apos;</label>";
    assert!(components[0].body.contains(label), "{}", components[0].body);
}

#[test]
fn fields_belong_to_their_object() {
    let one = r#"{"fullName":"F__c","label":"F","type":"Date"}"#;
    let full = r#"{"fullName":"Account.F__c","label":"F","type":"Date"}"#;
    for payload in [
        one,
        full,
        &format!("[{one}]"),
        &format!(r#"{{"fields":[{full}]}}"#),
    ] {
        let script = Script::default();
        xml(&script, 200, &answered(&made("Account.F__c")));
        let mut connection = script.connect(&GIVEN);
        create_fields(
            &mut connection,
            "Account",
            payload,
            CREATE,
            Options::default(),
        )
        .unwrap();
        let written = "<createMetadata><metadata xsi:type=\"CustomField\"><fullName>Account.F__c</fullName><label>F</label><type>Date</type></metadata></createMetadata>";
        assert!(
            script.sent()[0].body.contains(written),
            "{}",
            script.sent()[0].body
        );
    }
    let wrong = [
        ("A/B", one, "SObjectName"),
        ("Contact", full, "salesforcePayload.fullName"),
        (
            "Account",
            r#"{"fullName":"F","label":"F","type":"Date"}"#,
            "salesforcePayload.fullName",
        ),
        ("Account", "[]", "salesforcePayload"),
    ];
    for (sobject, payload, place) in wrong {
        let script = Script::default();
        let mut connection = script.connect(&GIVEN);
        let failure = create_fields(
            &mut connection,
            sobject,
            payload,
            CREATE,
            Options::default(),
        );
        assert_eq!(parameter(&failure.unwrap_err()), place, "{payload}");
    }
}
