using Realtime.Messages.Ids;
using Realtime.Node.Configuration;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What holds for each namespace, and the way from what was written to what the node runs by.</summary>
public static class NamespaceRules
{
    private const int NameLength = 64;

    public static void Check(RealtimeOptions options, FaultList faults)
    {
        foreach (var (name, written) in options.Namespaces)
        {
            var path = $"{RealtimeOptions.Section}:Namespaces:{name}";
            if (NameFault(name) is { } fault)
            {
                faults.Add(path, fault);
            }

            CheckOne(path, written, options, faults);
        }
    }

    /// <param name="isDevelopment">Whether what is not said is open to everybody.</param>
    public static NamespacePolicy ToPolicy(string name, NamespaceOptions options, bool isDevelopment)
    {
        var open = isDevelopment ? AccessRule.Anyone : AccessRule.Users;
        var personal = name == ChannelName.PersonalNamespace;
        var history = options.History ?? new HistoryOptions();
        return new NamespacePolicy(name)
        {
            Durability = options.Durability,
            History = new HistoryLimits { Count = history.Count, Bytes = history.Bytes.Bytes, Age = history.Age },
            Presence = options.Presence,
            RosterLimit = options.RosterLimit,
            Subscribe = options.Subscribe ?? (personal ? AccessRule.Users : open),
            Publish = options.Publish ?? (personal ? AccessRule.Nobody : open),
            ReadPresence = options.ReadPresence,
            ReadHistory = options.ReadHistory,
            MessageBytes = (int)options.MessageBytes.Bytes,
            PresenceBytes = (int)options.PresenceBytes.Bytes,
            Lag = options.Lag ?? (options.Durability is Durability.None ? LagPolicy.Drop : LagPolicy.Catchup),
        };
    }

    private static string? NameFault(string name)
    {
        if (name == ChannelName.PersonalNamespace)
        {
            return null;
        }

        if (name.StartsWith('~'))
        {
            return "starts with '~', which is reserved for the server";
        }

        if (name.StartsWith('$') || name.StartsWith('@'))
        {
            return $"starts with '{name[0]}', which marks channels, not namespaces";
        }

        return name.Length is >= 1 and <= NameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-')
            ? null
            : $"must be named with 1 to {NameLength} of a-z, 0-9, '.', '_' and '-'";
    }

    private static void CheckOne(string path, NamespaceOptions options, RealtimeOptions all, FaultList faults)
    {
        faults.Range($"{path}:RosterLimit", options.RosterLimit, 1, 100_000);
        faults.Range($"{path}:MessageBytes", options.MessageBytes, 1, 16 * 1024 * 1024);
        faults.Range($"{path}:PresenceBytes", options.PresenceBytes, 1, 1024 * 1024);
        CheckFits($"{path}:MessageBytes", options.MessageBytes, all, faults);
        CheckFits($"{path}:PresenceBytes", options.PresenceBytes, all, faults);

        if (options.Subscribe is AccessRule.Subscribers)
        {
            faults.Add($"{path}:Subscribe", "must be one of Nobody, Users, Anyone: only subscribers could subscribe");
        }

        if (options.Durability is Durability.None)
        {
            CheckWithoutLog(path, options, faults);
        }
        else if (options.History is { } history)
        {
            CheckHistory($"{path}:History", history, options, faults);
        }
    }

    private static void CheckFits(string path, ByteSize size, RealtimeOptions all, FaultList faults)
    {
        if (size.Bytes > all.Connections.FrameBytes.Bytes)
        {
            faults.Add(path, $"must not be larger than {RealtimeOptions.Section}:Connections:FrameBytes ({all.Connections.FrameBytes}), is {size}");
        }
    }

    private static void CheckWithoutLog(string path, NamespaceOptions options, FaultList faults)
    {
        if (options.History is not null)
        {
            faults.Add($"{path}:History", "has no meaning with Durability None, which keeps nothing");
        }

        if (options.Lag is LagPolicy.Catchup)
        {
            faults.Add($"{path}:Lag", "cannot be Catchup with Durability None: there is no log to catch up from");
        }
    }

    private static void CheckHistory(string path, HistoryOptions history, NamespaceOptions options, FaultList faults)
    {
        const int PerMessage = 64;
        faults.Range($"{path}:Count", history.Count, 1, 1_000_000);
        faults.Range($"{path}:Bytes", history.Bytes, 1024, 16L * 1024 * 1024 * 1024);
        if (history.Age is { } age)
        {
            faults.Range($"{path}:Age", age, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650));
        }

        // Otherwise the largest message would be trimmed by its own arrival.
        if (history.Bytes.Bytes < options.MessageBytes.Bytes + PerMessage)
        {
            faults.Add($"{path}:Bytes", $"must hold at least one message (MessageBytes is {options.MessageBytes}, plus {PerMessage}), is {history.Bytes}");
        }
    }
}
