namespace Realtime.Node.Operations.Listener;

/// <summary>Who may ask as an operator. What is written here is checked.</summary>
public sealed record OperatorPolicy
{
    /// <summary>False: no operator is answered. Other nodes are all the same.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How the key is called where it is configured.</summary>
    public string KeyName { get; init; } = "key";

    /// <summary>May do everything. Null: whoever is on this machine may.</summary>
    public string? Key { get; init; }

    /// <summary>May look, and do nothing.</summary>
    public string? ViewKey { get; init; }

    /// <summary>Only this machine is listened to.</summary>
    public bool IsLoopback { get; init; } = true;

    /// <summary>Whether <c>/metrics</c> answers without a key.</summary>
    public bool OpenMetrics { get; init; }

    /// <summary>A record prints its members, and these are keys.</summary>
    public override string ToString() => $"OperatorPolicy {{ {(Key is null ? "no key" : "key")}, {(IsLoopback ? "loopback" : "network")} }}";
}
