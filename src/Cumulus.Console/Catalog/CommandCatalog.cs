using System.Reflection;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Console.Catalog;

/// <summary>The cmdlets of some assemblies, by name.</summary>
internal sealed class CommandCatalog
{
    private readonly SortedDictionary<string, Type> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Type, CommandDescription> _descriptions = [];

    public CommandCatalog(IEnumerable<Assembly> assemblies)
    {
        foreach (var type in assemblies.SelectMany(a => a.GetExportedTypes()))
        {
            if (typeof(CumulusCmdlet).IsAssignableFrom(type) && CommandDescription.NameOf(type).Name is { } name)
            {
                _types.Add(name, type);
            }
        }
    }

    public IEnumerable<string> Names => _types.Keys;

    /// <summary>Null when there is no such cmdlet. Case is of no account.</summary>
    public CommandDescription? Find(string name)
    {
        if (!_types.TryGetValue(name, out var type))
        {
            return null;
        }

        if (!_descriptions.TryGetValue(type, out var description))
        {
            description = CommandDescription.Of(type);
            _descriptions.Add(type, description);
        }

        return description;
    }

    /// <exception cref="UsageException">There is no such cmdlet; the message has the nearest name.</exception>
    public CommandDescription Get(string name) => Find(name) ?? throw new UsageException(NearestName.Of(name, Names) is { } near
        ? $"there is no command '{name}'; did you mean '{near}'?"
        : $"there is no command '{name}'; 'cumulus help' lists them");
}
