using System.Collections.Generic;
using System.Linq;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>Constant classes: open enumerations, since a service may answer values that its model does not have yet.</summary>
internal static class ConstantEmitter
{
    public static string Emit(ServiceModel model, IEnumerable<Shape> enums)
    {
        var w = new SourceWriter(model.Namespace);
        foreach (var shape in enums)
        {
            var name = Names.Pascal(shape.Name);
            w.Line();
            w.Open($"public class {name}(string value) : ConstantClass(value)");
            foreach (var group in shape.EnumValues.GroupBy(Names.Constant))
            {
                if (group.Count() > 1)
                    throw new ModelException($"{shape.Name} has two values that would both be {group.Key}: {string.Join(", ", group)}");
                w.Line($"public static readonly {name} {group.Key} = new(\"{group.First()}\");");
            }
            w.Line();
            w.Line($"public static {name} FindValue(string value) => FindValue<{name}>(value);");
            w.Line($"public static implicit operator {name}(string value) => FindValue(value);");
            w.Close();
        }
        return w.ToString();
    }
}
