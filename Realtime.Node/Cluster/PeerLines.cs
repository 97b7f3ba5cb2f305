using System.Text.RegularExpressions;
using Akka.Event;

namespace Realtime.Node.Cluster;

/// <summary>
/// Which of remoting's warnings say something new. A node that cannot be reached is dialled again with whatever is sent to it, about once a second, and each try is two warnings; the first
/// one tells the event.
/// </summary>
internal sealed partial class PeerLines(TimeProvider time)
{
    /// <summary>After so long without a failure the next one is another event.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Its namespace.</summary>
    public const string Remoting = "Akka.Remote";

    private readonly Dictionary<string, long> _told = [];

    /// <param name="hasGone">Whether the node of this address has left the cluster, or is about to.</param>
    public bool SaysNothingNew(LogEvent logged, Func<string, bool> hasGone)
    {
        if (logged.LogLevel() < Akka.Event.LogLevel.WarningLevel || !IsOfRemoting(logged) || AddressIn($"{logged.Message}") is not { } peer)
        {
            return false;
        }

        // Of a node that has gone the cluster has said so itself.
        return hasGone(peer) || (!IsQuarantine(logged) && IsRepeat(peer));
    }

    /// <summary>Remoting puts the whole exception of a connection that ended into its sentence. What it was is said by the first line of it.</summary>
    public static string WithoutStack(LogEvent logged)
    {
        var text = $"{logged.Message}";
        return IsOfRemoting(logged) && Stack().Match(text) is { Success: true } stack ? text[..stack.Index].TrimEnd() + "]" : text;
    }

    private static bool IsOfRemoting(LogEvent logged) =>
        logged.LogClass.Namespace is Remoting || logged.LogSource.StartsWith("remoting", StringComparison.Ordinal);

    private static bool IsQuarantine(LogEvent logged) => $"{logged.Message}".Contains("quarantined", StringComparison.OrdinalIgnoreCase);

    private bool IsRepeat(string peer)
    {
        foreach (var (silent, _) in _told.Where(told => time.GetElapsedTime(told.Value) >= Silence).ToList())
        {
            _told.Remove(silent);
        }

        var isRepeat = _told.ContainsKey(peer);
        _told[peer] = time.GetTimestamp();
        return isRepeat;
    }

    /// <summary>The last one: before it may stand the own one.</summary>
    private static string? AddressIn(string text) => Addresses().Matches(text) is { Count: > 0 } all ? all[^1].Value : null;

    [GeneratedRegex(@"\r?\n\s+at \S", RegexOptions.CultureInvariant)]
    private static partial Regex Stack();

    [GeneratedRegex(@"akka\.tcp://[^\s/@]+@(\[[^\]\s]+\]|[^\s\]\[/:]+):\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();
}
