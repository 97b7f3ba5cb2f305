using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace Realtime.Node.Configuration;

/// <summary>Where the values of a configuration come from.</summary>
public sealed class ConfigurationSources(IConfiguration configuration)
{
    private readonly IReadOnlyList<IConfigurationProvider> _providers = [.. (configuration as IConfigurationRoot)?.Providers ?? []];

    /// <summary>The source that has the last word on an option: <c>command line</c>, <c>environment</c>, the name of a file, or <c>default</c> when none says anything.</summary>
    public string Of(string path) => _providers.LastOrDefault(provider => Says(provider, path)) switch
    {
        null => "default",
        JsonConfigurationProvider { Source.Path: { } file } => file,
        EnvironmentVariablesConfigurationProvider => "environment",
        MemoryConfigurationProvider => "command line",
        var other => $"{other}",
    };

    /// <summary>A list is written as one text or as a section.</summary>
    private static bool Says(IConfigurationProvider provider, string path) => provider.TryGet(path, out _) || provider.GetChildKeys([], path).Any();
}
