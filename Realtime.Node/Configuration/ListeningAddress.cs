namespace Realtime.Node.Configuration;

/// <summary>Where a program listens, as it was configured.</summary>
/// <param name="Address"><c>localhost</c>, <c>*</c> for every address, or one IP address.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="Option">Of the command line, for another port.</param>
public sealed record ListeningAddress(string Address, int Port, string Option);
