using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>
/// The resource types that hold what no deployment can bring back: data. A change that replaces or deletes one of them has to be allowed by hand. By the
/// resource type reference, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html.
/// </summary>
public static class StatefulResources
{
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "AWS::Backup::BackupVault", "AWS::Cassandra::Keyspace", "AWS::Cassandra::Table", "AWS::Cognito::UserPool",
        "AWS::DAX::Cluster", "AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
        "AWS::EC2::Volume", "AWS::ECR::Repository", "AWS::EFS::FileSystem", "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache", "AWS::Elasticsearch::Domain", "AWS::FSx::FileSystem",
        "AWS::FSx::Volume", "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::Logs::LogGroup", "AWS::MemoryDB::Cluster", "AWS::MSK::Cluster",
        "AWS::Neptune::DBCluster", "AWS::Neptune::DBInstance", "AWS::OpenSearchServerless::Collection", "AWS::OpenSearchService::Domain",
        "AWS::QLDB::Ledger", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::GlobalCluster", "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace", "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket", "AWS::SDB::Domain", "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret", "AWS::Timestream::Database", "AWS::Timestream::Table",
    };

    // What stays, or leaves a copy.
    private static readonly HashSet<string> Keeps = new(StringComparer.Ordinal) { "Retain", "Snapshot", "ReplaceAndRetain", "ReplaceAndSnapshot" };

    public static bool IsStateful(string resourceType) => Types.Contains(resourceType);

    /// <summary>The change takes away data: it removes or certainly or perhaps replaces such a resource, and no policy keeps it.</summary>
    public static bool IsLost(ResourceChangeRecord change) =>
        IsStateful(change.ResourceType)
        && (change.Action == "Remove" || (change.Action == "Modify" && change.Replacement is "True" or "Conditional"))
        && !(change.PolicyAction is { } policy && Keeps.Contains(policy));
}
