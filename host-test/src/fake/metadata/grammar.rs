//! Which elements there are, and which texts some of them may have: what a parser refuses before
//! anybody looks at what is meant. The names are those of the Metadata API at 66.0.

use super::Type;
use super::element::{Element, NAMESPACE};

const OBJECT: &str = "actionOverrides allowInChatterGroups articleTypeChannelDisplay businessProcesses \
    compactLayoutAssignment compactLayouts customHelp customHelpPage customSettingsType dataStewardGroup \
    dataStewardUser deploymentStatus deprecated description enableActivities enableBulkApi \
    enableChangeDataCapture enableDataTranslation enableDivisions enableEnhancedLookup enableFeeds \
    enableHistory enableLicensing enableReports enableSearch enableSharing enableStreamingApi eventType \
    externalDataSource externalName externalRepository externalSharingModel fieldSets fields fullName gender \
    historyRetentionPolicy household indexes label listViews nameField pluralLabel profileSearchLayouts \
    publishBehavior recordTypeTrackFeedHistory recordTypeTrackHistory recordTypes searchLayouts sharingModel \
    sharingReasons sharingRecalculations startsWith validationRules visibility webLinks";

const FIELD: &str = "businessOwnerGroup businessOwnerUser businessStatus caseSensitive complianceGroup \
    customDataType defaultValue deleteConstraint deprecated description displayFormat displayLocationInDecimal \
    encryptionScheme escapeMarkup externalDeveloperName externalId fieldManageability formula \
    formulaTreatBlanksAs fullName inlineHelpText isAIPredictionField isConvertLeadDisabled \
    isFilteringDisabled isNameField isSortingDisabled label length lookupFilter maskChar maskType \
    metadataRelationshipControllingField populateExistingRows precision readOnlyProxy referenceTargetField \
    referenceTo relationshipLabel relationshipName relationshipOrder reparentableMasterDetail required \
    restrictedAdminField scale securityClassification startingNumber stripMarkup summarizedField \
    summaryFilterItems summaryForeignKey summaryOperation trackFeedHistory trackHistory trackTrending \
    translateData trueValueIndexed type unique valueSet visibleLines writeRequiresMasterRead";

const VALUE_SET: &str = "controllingField restricted valueSetDefinition valueSetName valueSettings";
const DEFINITION: &str = "sorted value";
const VALUE: &str = "allowEmail closed color default description forecastCategory fullName highPriority \
    isActive label probability reverseRole reviewed won";

/// The types of fields.
const FIELD_TYPES: &str = "AutoNumber Lookup MasterDetail Checkbox Currency Date DateTime Email Number Percent \
    Phone Picklist MultiselectPicklist Text TextArea LongTextArea Html Url EncryptedText Summary Hierarchy \
    File MetadataRelationship Location ExternalLookup IndirectLookup CustomDataType Time";

const SHARING: &str = "Private Read ReadSelect ReadWrite ReadWriteTransfer FullAccess ControlledByParent \
    ControlledByLeadOrContact ControlledByCampaign";

/// Elements with true or false.
const FLAGS: &str = "caseSensitive default deprecated displayLocationInDecimal enableActivities enableBulkApi \
    enableEnhancedLookup enableFeeds enableHistory enableLicensing enableReports enableSearch enableSharing \
    enableStreamingApi externalId isActive required reparentableMasterDetail restricted sorted \
    trackFeedHistory trackHistory trackTrending unique writeRequiresMasterRead";

/// Elements with a whole number.
const NUMBERS: &str = "length precision relationshipOrder scale startingNumber visibleLines";

/// Checks a component.
pub fn check(kind: Type, element: &Element) -> Result<(), String> {
    match kind {
        Type::Object => object(element),
        Type::Field => field(element),
    }
}

fn object(element: &Element) -> Result<(), String> {
    known(element, OBJECT, "CustomObject")?;
    one_of(element, "sharingModel", SHARING, "SharingModel")?;
    one_of(element, "externalSharingModel", SHARING, "SharingModel")?;
    one_of(
        element,
        "deploymentStatus",
        "InDevelopment Deployed",
        "DeploymentStatus",
    )?;
    for inner in element.all("fields").chain(element.all("nameField")) {
        field(inner)?;
    }
    Ok(())
}

fn field(element: &Element) -> Result<(), String> {
    known(element, FIELD, "CustomField")?;
    one_of(element, "type", FIELD_TYPES, "FieldType")?;
    one_of(
        element,
        "deleteConstraint",
        "Cascade Restrict SetNull",
        "DeleteConstraint",
    )?;
    for set in element.all("valueSet") {
        known(set, VALUE_SET, "ValueSet")?;
        for definition in set.all("valueSetDefinition") {
            known(definition, DEFINITION, "ValueSetValuesDefinition")?;
            for value in definition.all("value") {
                known(value, VALUE, "CustomValue")?;
            }
        }
    }
    Ok(())
}

fn known(element: &Element, names: &str, kind: &str) -> Result<(), String> {
    for child in &element.children {
        if !has(names, &child.name) {
            let name = &child.name;
            let full = format!("{{{NAMESPACE}}}{name}");
            return Err(format!(
                "Element {full} invalid at this location in type {kind}"
            ));
        }
        let text = child.text.trim();
        if has(FLAGS, &child.name) && !has("true false 1 0", text) {
            return Err(format!(
                "'{text}' is not a valid value for the type xsd:boolean"
            ));
        }
        if has(NUMBERS, &child.name) && text.parse::<i32>().is_err() {
            return Err(format!(
                "'{text}' is not a valid value for the type xsd:int"
            ));
        }
    }
    Ok(())
}

fn one_of(element: &Element, name: &str, values: &str, kind: &str) -> Result<(), String> {
    let mut wrong = element
        .all(name)
        .filter(|child| !has(values, child.text.trim()));
    match wrong.next() {
        Some(child) => {
            let text = child.text.trim();
            Err(format!(
                "'{text}' is not a valid value for the enum '{kind}'"
            ))
        }
        None => Ok(()),
    }
}

fn has(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}
