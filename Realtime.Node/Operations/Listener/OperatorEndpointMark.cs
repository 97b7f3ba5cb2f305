namespace Realtime.Node.Operations.Listener;

/// <summary>On endpoints that answer at the operators' port, and nowhere else.</summary>
public sealed class OperatorEndpointMark
{
    public static OperatorEndpointMark Instance { get; } = new();
}
