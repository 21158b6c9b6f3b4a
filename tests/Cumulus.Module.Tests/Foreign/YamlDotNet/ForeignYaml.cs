namespace Foreign;

public static class ForeignYaml
{
    public static string Name => "foreign yaml";
}
