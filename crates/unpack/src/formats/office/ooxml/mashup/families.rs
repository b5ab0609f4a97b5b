//! Which functions of Power Query get something from elsewhere. Sources: the reference of the functions of M, by their families.
//!
//! There are connectors of everybody, so that the families are listed which do not fetch; what is of another one does.

/// Families whose functions only compute, name a type or a way to do something, or read bytes that are there already.
const COMPUTING: [&str; 89] = [
    "AccessControlKind",
    "Access",
    "Any",
    "Binary",
    "BinaryEncoding",
    "BinaryFormat",
    "BinaryOccurrence",
    "BufferMode",
    "Byte",
    "ByteOrder",
    "Character",
    "Combiner",
    "Comparer",
    "Compression",
    "Csv",
    "CsvStyle",
    "Culture",
    "Currency",
    "Date",
    "DateTime",
    "DateTimeZone",
    "Day",
    "Decimal",
    "Diagnostics",
    "DirectQueryCapabilities",
    "Double",
    "Duration",
    "Error",
    "Excel",
    "ExtraValues",
    "Function",
    "Geography",
    "GeographyPoint",
    "Geometry",
    "GeometryPoint",
    "GroupKind",
    "Guid",
    "Html",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "ItemExpression",
    "JoinAlgorithm",
    "JoinKind",
    "JoinSide",
    "Json",
    "LimitClauseKind",
    "Lines",
    "List",
    "Logical",
    "MissingField",
    "Module",
    "None",
    "Null",
    "Number",
    "ODataOmitValues",
    "Occurrence",
    "Order",
    "Parquet",
    "Password",
    "Pdf",
    "PercentileMode",
    "Percentage",
    "Precision",
    "QuoteStyle",
    "RankKind",
    "RData",
    "Record",
    "RelativePosition",
    "Replacer",
    "RoundingMode",
    "RowExpression",
    "SapBusinessWarehouseExecutionMode",
    "SapHanaDistribution",
    "SapHanaRangeOperator",
    "Single",
    "Splitter",
    "SqlExpression",
    "Table",
    "Tables",
    "Text",
    "TextEncoding",
    "Time",
    "TimeZone",
    "TraceLevel",
    "Type",
    "WebMethod",
    "Xml",
];
/// Families of which only these functions do no more than compute.
const COMPUTING_OF_OTHERS: [&str; 30] = [
    "Expression.Constant",
    "Expression.Identifier",
    "Uri.BuildQueryString",
    "Uri.Combine",
    "Uri.EscapeDataString",
    "Uri.Parts",
    "Uri.Type",
    "Value.Add",
    "Value.Alternates",
    "Value.As",
    "Value.Compare",
    "Value.Divide",
    "Value.Equals",
    "Value.Expression",
    "Value.Firewall",
    "Value.Is",
    "Value.Lineage",
    "Value.Metadata",
    "Value.Multiply",
    "Value.NullableEquals",
    "Value.Optimize",
    "Value.RemoveMetadata",
    "Value.ReplaceMetadata",
    "Value.ReplaceType",
    "Value.Subtract",
    "Value.Traits",
    "Value.Type",
    "Value.VersionIdentity",
    "Value.Versions",
    "Web.Page",
];
/// Families that no program calls its own by chance: a definition of such a name hides nothing.
const FETCHING: [&str; 36] = [
    "ActiveDirectory",
    "AdoDotNet",
    "AmazonRedshift",
    "AnalysisServices",
    "AzureDataExplorer",
    "AzureStorage",
    "CommonDataService",
    "Cube",
    "DataLake",
    "Databricks",
    "Essbase",
    "Exchange",
    "Expression",
    "Facebook",
    "File",
    "Folder",
    "GoogleAnalytics",
    "GoogleBigQuery",
    "HdInsight",
    "Hdfs",
    "Kusto",
    "OData",
    "Odbc",
    "OleDb",
    "PowerBI",
    "PowerPlatform",
    "Python",
    "R",
    "Salesforce",
    "SapBusinessWarehouse",
    "SapHana",
    "SharePoint",
    "Snowflake",
    "Soda",
    "Sql",
    "Web",
];
/// How connectors call their functions, of whatever family: such a definition hides nothing, either.
const FETCHING_ENDINGS: [&str; 5] = [".Database", ".Databases", ".Feed", ".DataSource", ".Catalogs"];
/// What runs a text, and what stands for all functions or all queries, by whatever name they are then called.
const EVERYTHING: [&str; 3] = ["#shared", "#sections", "Expression.Evaluate"];
/// Functions that read files: of this machine, or of a share.
const OF_FILES: [&str; 3] = ["File.Contents", "Folder.Contents", "Folder.Files"];
/// Families whose first argument is a connection text.
const BY_CONNECTION: [&str; 3] = ["Odbc.", "OleDb.", "AdoDotNet."];

/// Whether the program defines a name itself, where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Own,
    Library,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing that fetches.
    Computes,
    /// Fetches from where its first argument says.
    Fetches,
    /// The same, by a connection text.
    Connects,
    /// Reads a file, here or on a share.
    ReadsFile,
    /// May fetch whatever from wherever.
    Anything,
}

/// What a name stands for.
pub(super) fn of(name: &str, origin: Origin) -> Use {
    if OF_FILES.contains(&name) {
        return Use::ReadsFile;
    }
    if EVERYTHING.contains(&name) {
        return Use::Anything;
    }
    if !is_of_library(name) || COMPUTING_OF_OTHERS.contains(&name) {
        return Use::Computes;
    }
    if BY_CONNECTION.iter().any(|family| name.starts_with(family)) {
        return Use::Connects;
    }
    let family = name.split('.').next().unwrap_or_default();
    let is_fetching = FETCHING.contains(&family) || FETCHING_ENDINGS.iter().any(|ending| name.ends_with(ending));
    let is_own = origin == Origin::Own && !is_fetching;
    if is_own || COMPUTING.contains(&family) { Use::Computes } else { Use::Fetches }
}

/// `Family.Function`: words that begin with capitals.
fn is_of_library(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    name.contains('.') && name.split('.').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_that_fetch_and_those_that_compute() {
        for name in
            ["Table.AddColumn", "Int64.Type", "Value.ReplaceType", "JoinKind.Inner", "Web.Page", "Xml.Tables", "Foo"]
        {
            assert_eq!(of(name, Origin::Library), Use::Computes, "{name}");
        }
        for name in ["Web.Contents", "WebAction.Request", "Value.NativeQuery", "Kusto.Contents", "R.Execute"] {
            assert_eq!(of(name, Origin::Library), Use::Fetches, "{name}");
        }
        assert_eq!(of("Odbc.Query", Origin::Library), Use::Connects);
        let own = |name: &str| of(name, Origin::Own);
        assert_eq!((own("Fn.Clean"), own("Access.Database")), (Use::Computes, Use::Computes));
        for name in ["Web.Contents", "MySQL.Database", "Some.Feed"] {
            assert_eq!(own(name), Use::Fetches, "{name}");
        }
        assert_eq!((of("#shared", Origin::Library), of("Folder.Files", Origin::Own)), (Use::Anything, Use::ReadsFile));
    }
}
