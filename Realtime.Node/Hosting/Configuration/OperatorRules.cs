using Realtime.Cluster.Configuration;
using Realtime.Node.Operations.Access;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The rules of the operators' listener, and what the node makes of it.</summary>
public static class OperatorRules
{
    private const string Path = $"{RealtimeOptions.Section}:Operator";
    private const int Above = 1000;
    private const int MostPort = 65_535;
    private const int LeastKey = 16;

    public static void Check(RealtimeOptions options, FaultList faults)
    {
        var mine = options.Operator;
        CheckKey($"{Path}:Key", mine.Key, faults);
        CheckKey($"{Path}:ViewKey", mine.ViewKey, faults);
        if (mine.ViewKey is not null && mine.Key is null)
        {
            faults.Add($"{Path}:ViewKey", "limits nobody without Key: everybody on this machine may do everything");
        }
        else if (mine.ViewKey is { } view && view == mine.Key)
        {
            faults.Add($"{Path}:ViewKey", "is the same as Key: whoever has it could do everything");
        }

        if (mine.Port is { } port)
        {
            faults.Range($"{Path}:Port", port, 0, MostPort);
        }

        if (!WebListener.IsAddress(mine.Address))
        {
            faults.Add($"{Path}:Address", $"must be localhost, * or an IP address, is '{mine.Address}'");
        }
        else if (mine.Enabled && mine.Key is null && !WebListener.IsLoopback(mine.Address!))
        {
            faults.Add($"{Path}:Key", $"is needed, because operators are listened to on {mine.Address} and not on loopback only");
        }

        var chosen = PortOf(options);
        if (mine.Enabled && chosen != 0 && chosen == options.Port)
        {
            faults.Add($"{Path}:Port", $"must be another than the clients' ({options.Port})");
        }
        else if (mine.Enabled && mine.Port is null && options.Port is <= MostPort && chosen > MostPort)
        {
            faults.Add($"{Path}:Port", $"is needed: the clients' port and {Above} make {chosen}, and there is no such port");
        }
    }

    /// <summary>Null: no operator is listened to.</summary>
    public static OperatorSettings? ToSettings(RealtimeOptions options) =>
        options.Operator.Enabled ? new OperatorSettings(options.Operator.Address!, PortOf(options)) : null;

    /// <param name="loopback">Whether only this machine can ask.</param>
    public static OperatorPolicy ToPolicy(OperatorOptions options, bool loopback) => new()
    {
        Enabled = options.Enabled,
        Key = options.Key,
        ViewKey = options.ViewKey,
        IsLoopback = loopback,
        OpenMetrics = options.OpenMetrics,
    };

    private static int PortOf(RealtimeOptions options) => options.Operator.Port ?? (options.Port == 0 ? 0 : options.Port + Above);

    private static void CheckKey(string path, string? key, FaultList faults)
    {
        if (key is null)
        {
            return;
        }

        // What is wrong with it is as much as may be said of it.
        if (key.Length < LeastKey)
        {
            faults.Add(path, $"must be at least {LeastKey} bytes, is {key.Length}");
        }
        else if (!key.All(c => c is > ' ' and < '\u007f'))
        {
            faults.Add(path, "must be printable ASCII without spaces: it travels in a header");
        }
    }
}
