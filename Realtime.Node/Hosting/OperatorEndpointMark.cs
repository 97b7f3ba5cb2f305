namespace Realtime.Node.Hosting;

/// <summary>On endpoints that answer at the operators' port, and nowhere else.</summary>
internal sealed class OperatorEndpointMark
{
    public static OperatorEndpointMark Instance { get; } = new();
}
