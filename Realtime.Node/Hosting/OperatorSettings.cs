namespace Realtime.Node.Hosting;

/// <summary>Where this node listens for operators. What is written here is checked.</summary>
/// <param name="Address"><c>localhost</c>, <c>*</c> or one IP address.</param>
/// <param name="Port">0 lets the system choose.</param>
public sealed record OperatorSettings(string Address, int Port);
