using Realtime.Node.Configuration;
using Realtime.Node.Operations.Listener;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The rules of the operators' listener, and what the node makes of it.</summary>
public static class OperatorRules
{
    private const string Path = $"{RealtimeOptions.Section}:Operator";

    public static void Check(RealtimeOptions options, FaultList faults) => Listening(options).Check(Path, acts: true, faults);

    public static OperatorListening Listening(RealtimeOptions options) =>
        new(options.Operator.Enabled, options.Operator.Address, options.Operator.Port, options.Operator.Key, options.Operator.ViewKey, options.Port);

    /// <summary>Null: no operator is listened to.</summary>
    public static OperatorSettings? ToSettings(RealtimeOptions options) =>
        options.Operator.Enabled ? new OperatorSettings(options.Operator.Address!, Listening(options).ChosenPort) : null;

    /// <param name="loopback">Whether only this machine can ask.</param>
    public static OperatorPolicy ToPolicy(OperatorOptions options, bool loopback) => new()
    {
        Enabled = options.Enabled,
        KeyName = $"{Path}:{nameof(OperatorOptions.Key)}",
        Key = options.Key,
        ViewKey = options.ViewKey,
        IsLoopback = loopback,
        OpenMetrics = options.OpenMetrics,
    };
}
