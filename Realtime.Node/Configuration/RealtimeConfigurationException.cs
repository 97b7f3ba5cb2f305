namespace Realtime.Node.Configuration;

/// <summary>The configuration cannot be used. Carries every fault, not the first.</summary>
public sealed class RealtimeConfigurationException(IReadOnlyList<string> faults)
    : Exception("The configuration has faults:" + Environment.NewLine + string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
