using System.Buffers.Binary;
using System.Management.Automation;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Cumulus.PowerShell.Tests;

/// <summary>What must be true of the whole assembly for the private load context and for the console.</summary>
public sealed class AssemblyRuleTests
{
    private static readonly Assembly Module = typeof(CumulusCmdlet).Assembly;

    [Fact]
    public void The_module_names_the_engine_and_nothing_that_the_engine_stands_on()
    {
        var foreign = Module.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal))
            .Except(["Cumulus.Engine", "Cumulus.LocalCloud", "netstandard", "Microsoft.Win32.Primitives"]);

        Assert.Empty(foreign);
    }

    /// <summary>PowerShell lists the public types of a module before it lets the module say where its engine is.</summary>
    [Fact]
    public void No_public_type_has_a_base_or_an_interface_of_the_engine()
    {
        var unlistable = Module.GetExportedTypes()
            .Where(type => type.GetInterfaces().Append(type.BaseType).Any(parent => IsOfEngine(parent)));

        Assert.Empty(unlistable);
    }

    /// <summary>To lay out a type the runtime has to load the structs and enumerations that it holds; classes can wait.</summary>
    [Fact]
    public void No_public_type_holds_a_struct_or_an_enumeration_of_the_engine()
    {
        const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var unlistable = Module.GetExportedTypes().SelectMany(type => type.GetFields(Instance)).Where(field => field.FieldType.IsValueType && IsOfEngine(field.FieldType));

        Assert.Empty(unlistable);
    }

    /// <summary>The console runs the same bodies over an assembly of PowerShell that does nothing.</summary>
    [Fact]
    public void No_cmdlet_talks_to_PowerShell_behind_the_base_cmdlet()
    {
        Assert.Empty(CallsOfPowerShell(Module, except: [nameof(CumulusCmdlet), nameof(PowerShellHost)]));
        Assert.Contains($"{nameof(PowerShellHost)} calls WriteError", CallsOfPowerShell(Module, except: []));
    }

    private static bool IsOfEngine(Type? type) =>
        type is not null && (type.Assembly.GetName().Name is "Cumulus.Engine" or "Cumulus.LocalCloud" || type.GetGenericArguments().Any(IsOfEngine));

    private static List<string> CallsOfPowerShell(Assembly assembly, string[] except)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var forbidden = metadata.MemberReferences
            .Where(handle => IsCmdletMember(metadata, metadata.GetMemberReference(handle)))
            .ToDictionary(handle => MetadataTokens.GetToken(handle), handle => metadata.GetString(metadata.GetMemberReference(handle).Name));

        List<string> calls = [];
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            var owner = OutermostName(metadata, method.GetDeclaringType());
            if (method.RelativeVirtualAddress == 0 || except.Contains(owner))
                continue;

            var code = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (var at = 0; at + 5 <= code.Length; at++)
            {
                var isCall = code[at] is (byte)ILOpCode.Call or (byte)ILOpCode.Callvirt;
                if (isCall && forbidden.TryGetValue(BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1)), out var member))
                    calls.Add($"{owner} calls {member}");
            }
        }

        return calls;
    }

    private static bool IsCmdletMember(MetadataReader metadata, MemberReference member) =>
        member.Parent.Kind == HandleKind.TypeReference
        && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) is nameof(Cmdlet) or nameof(PSCmdlet)
        && metadata.GetString(member.Name) != ".ctor";

    private static string OutermostName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.IsNested ? OutermostName(metadata, type.GetDeclaringType()) : metadata.GetString(type.Name);
    }
}
