namespace Realtime.Node.Operations.Listener;

/// <summary>What a question of operators needs, and what a caller has.</summary>
public enum OperatorRight
{
    /// <summary>May look.</summary>
    View = 1,

    /// <summary>May do everything.</summary>
    Act = 2,
}
