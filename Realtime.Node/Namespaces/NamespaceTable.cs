using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Realtime.Messages.Ids;

namespace Realtime.Node.Namespaces;

/// <summary>The namespaces a node knows, by name: those of the application, and <see cref="ServerLogs"/>. A channel of any other namespace does not exist.</summary>
public sealed class NamespaceTable
{
    private readonly FrozenDictionary<string, NamespacePolicy> _byName;

    public NamespaceTable(IEnumerable<NamespacePolicy> policies)
    {
        All = [.. policies];
        _byName = All.Concat(ServerLogs.All).ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);
    }

    /// <summary>Those of the application.</summary>
    public IReadOnlyList<NamespacePolicy> All { get; }

    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out NamespacePolicy? policy) =>
        _byName.TryGetValue(channel.Namespace, out policy);

    /// <summary>Why a channel is not found, with the option that makes its namespace. Namespaces are no secret.</summary>
    public static string Missing(ChannelName channel) => $"namespace '{channel.Namespace}' is not configured (Realtime:Namespaces:{channel.Namespace})";

    /// <summary>For callers that come after the check at the door: the channel's namespace is known to exist.</summary>
    public NamespacePolicy Of(ChannelName channel) => _byName[channel.Namespace];
}
