using System.Text.RegularExpressions;

namespace Cumulus.Engine.Ghost;

/// <summary>What a text field may hold.</summary>
/// <param name="Explanation">Goes after the field's name: <c>must be ...</c>.</param>
internal sealed record FieldRule(Regex Pattern, string Explanation)
{
    public bool Allows(string text) => Pattern.IsMatch(text);
}

/// <summary>
/// The rules of Ghost's fields (reference/ghost-behaviour.md, section 2), anchored to the whole text and without the empty one that Ghost's let through (G-31),
/// and those of EC2 for what is new.
/// </summary>
internal static partial class FieldRules
{
    /// <summary>Also the rule for parts of names in the state: it begins with a letter, a digit or <c>_</c> and has no <c>..</c>.</summary>
    public static readonly FieldRule Name = new(NamePattern(), "letters, digits and ._+- with a letter, a digit or _ first, no '..' and no '.' at the end, at most 128");

    public static readonly FieldRule LowerName = new(LowerPattern(), "small letters, digits, - and _ with a letter, a digit or _ first, at most 128");

    public static readonly FieldRule AccountId = new(AccountPattern(), "an account id of twelve digits");

    public static readonly FieldRule RoleName = new(RolePattern(), "the name of an IAM role (letters, digits and _+=,.@-, at most 64)");

    /// <summary>https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, ExternalId.</summary>
    public static readonly FieldRule ExternalId = new(ExternalPattern(), "2 to 1224 letters, digits and _+=,.@:/-");

    public static readonly FieldRule Region = new(RegionPattern(), "an AWS region code such as eu-west-1");

    public static readonly FieldRule InstanceType = new(InstanceTypePattern(), "an instance type such as t3.micro");

    public static readonly FieldRule VpcId = new(VpcPattern(), "the id of a VPC, vpc-...");

    public static readonly FieldRule AmiId = new(AmiPattern(), "the id of an image, ami-...");

    public static readonly FieldRule SubnetId = new(SubnetPattern(), "the id of a subnet, subnet-...");

    public static readonly FieldRule GroupId = new(GroupPattern(), "the id of a security group, sg-...");

    public static readonly FieldRule SshUser = new(UserPattern(), "a user name: small letters, digits, _ and -, at most 31");

    public static readonly FieldRule InstanceProfile = new(ProfilePattern(), "the name of an instance profile: 1 to 128 letters, digits and +=,.@-_");

    public static readonly FieldRule KeyName = new(KeyPattern(), "1 to 255 ASCII characters");

    public static readonly FieldRule RootDevice = new(RootPattern(), "a device such as /dev/xvda");

    public static readonly FieldRule VolumeDevice = new(VolumePattern(), "one of /dev/xvdb to /dev/xvdm");

    public static readonly FieldRule VariableKey = new(VariablePattern(), "letters, digits and _, no digit first, and must not begin with GHOST");

    public static readonly FieldRule VariableSource = new(VariableSourcePattern(), "ssm:NAME or secretsmanager:ID");

    public static readonly FieldRule FeatureName = new(FeaturePattern(), "letters, digits and .-_");

    public static readonly FieldRule FeatureVersion = new(FeatureVersionPattern(), "letters, digits and .-_/:~+=,");

    public static readonly FieldRule UnixPath = new(UnixPathPattern(), "an absolute path of letters, digits and .-_");

    public static readonly FieldRule WindowsPath = new(WindowsPathPattern(), @"an absolute path such as C:\site, of letters, digits and .-_");

    public static readonly FieldRule Email = new(EmailPattern(), "a mail address");

    public static readonly FieldRule GroupName = new(GroupNamePattern(), "the name of an Auto Scaling group: 1 to 255 characters without ':'");

    public static readonly FieldRule TargetGroupArn = new(TargetGroupPattern(), "the ARN of a target group");

    public static readonly FieldRule TagName = new(TagNamePattern(), "1 to 128 characters and must not begin with aws:");

    public static readonly FieldRule TagValue = new(TagValuePattern(), "at most 256 characters");

    public static readonly FieldRule ParameterName = new(ParameterPattern(), "the name of an SSM parameter");

    public static readonly FieldRule GitUrl = new(UrlPattern(), "an address without blanks that does not begin with '-'");

    public static readonly FieldRule ImageOwner = new(OwnerPattern(), "an account id, or amazon, self or aws-marketplace");

    public static readonly FieldRule Line = new(LinePattern(), "one line");

    private const RegexOptions Options = RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\A(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}(?<!\.)\z", Options)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9_][a-z0-9_-]{0,127}\z", Options)]
    private static partial Regex LowerPattern();

    [GeneratedRegex(@"\A[0-9]{12}\z", Options)]
    private static partial Regex AccountPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@-]{1,64}\z", Options)]
    private static partial Regex RolePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@:/-]{2,1224}\z", Options)]
    private static partial Regex ExternalPattern();

    [GeneratedRegex(@"\A[a-z]{2,}(-[a-z]+)+-[0-9]+\z", Options)]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"\A[a-z0-9-]+\.[a-z0-9-]+\z", Options)]
    private static partial Regex InstanceTypePattern();

    [GeneratedRegex(@"\Avpc-[a-z0-9]+\z", Options)]
    private static partial Regex VpcPattern();

    [GeneratedRegex(@"\Aami-[a-z0-9]+\z", Options)]
    private static partial Regex AmiPattern();

    [GeneratedRegex(@"\Asubnet-[a-z0-9]+\z", Options)]
    private static partial Regex SubnetPattern();

    [GeneratedRegex(@"\Asg-[a-z0-9]+\z", Options)]
    private static partial Regex GroupPattern();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_-]{0,30}\z", Options)]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9+=,.@_-]{1,128}\z", Options)]
    private static partial Regex ProfilePattern();

    [GeneratedRegex(@"\A[\x20-\x7e]{1,255}\z", Options)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\A(/[a-z0-9]+/)?[a-z0-9]+\z", Options)]
    private static partial Regex RootPattern();

    [GeneratedRegex(@"\A/dev/xvd[b-m]\z", Options)]
    private static partial Regex VolumePattern();

    [GeneratedRegex(@"\A(?!GHOST|ghost)[a-zA-Z_]+[a-zA-Z0-9_]*\z", Options)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\A(ssm|secretsmanager):[^\s'""`$\\]+\z", Options)]
    private static partial Regex VariableSourcePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]+\z", Options)]
    private static partial Regex FeaturePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9._/:~+=,-]+\z", Options)]
    private static partial Regex FeatureVersionPattern();

    [GeneratedRegex(@"\A(/[a-zA-Z0-9._-]+)+\z", Options)]
    private static partial Regex UnixPathPattern();

    [GeneratedRegex(@"\A[A-Za-z]:(\\[a-zA-Z0-9._-]+)+\z", Options)]
    private static partial Regex WindowsPathPattern();

    [GeneratedRegex(@"\A[^@\s]+@[^@\s]+\.[^@\s.]+\z", Options)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\A[^:\x00-\x1f]{1,255}\z", Options)]
    private static partial Regex GroupNamePattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/\S+\z", Options)]
    private static partial Regex TargetGroupPattern();

    [GeneratedRegex(@"\A(?!aws:)[^\x00-\x1f]{1,128}\z", Options | RegexOptions.IgnoreCase)]
    private static partial Regex TagNamePattern();

    [GeneratedRegex(@"\A[^\x00-\x1f]{0,256}\z", Options)]
    private static partial Regex TagValuePattern();

    [GeneratedRegex(@"\A/?[a-zA-Z0-9._/-]+(:[a-zA-Z0-9._-]+)?\z", Options)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex(@"\A[^\s\x00-\x1f-][^\s\x00-\x1f]*\z", Options)]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"\A([0-9]{12}|amazon|self|aws-marketplace)\z", Options)]
    private static partial Regex OwnerPattern();

    [GeneratedRegex(@"\A[^\r\n\x00]+\z", Options)]
    private static partial Regex LinePattern();
}
