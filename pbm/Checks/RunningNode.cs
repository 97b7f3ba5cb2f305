using Realtime.Messages.Operators;

namespace Realtime.Pbm.Checks;

/// <summary>A node with what it runs by.</summary>
internal sealed class RunningNode(NodeStatus status, ConfigurationReport configuration)
{
    private readonly Dictionary<string, string> _settings = configuration.Settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.OrdinalIgnoreCase);

    public NodeStatus Status => status;

    public string Name => status.Name;

    public IEnumerable<string> Settings => _settings.Keys;

    /// <summary>Null: the node does not say, so it is not set.</summary>
    public string? Find(string name) => _settings.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public bool Has(string name) => Find(name) is not null;

    public TimeSpan? Duration(string name) => Find(name) switch
    {
        null => null,
        "0s" or "0ms" or "00:00:00" => TimeSpan.Zero,
        var text => Durations.TryParse(text, out var duration) ? duration : null,
    };

    /// <summary>Whether an address setting lets others in than those on the machine.</summary>
    public bool Public(string name) => Find(name) is { } address && address is not ("localhost" or "127.0.0.1" or "::1") && !address.StartsWith("127.", StringComparison.Ordinal);
}
