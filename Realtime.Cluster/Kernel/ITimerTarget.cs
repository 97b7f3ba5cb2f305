namespace Realtime.Cluster.Kernel;

/// <summary>Is told when its time has come; on the timer's thread, so it only hands the word to its mailbox.</summary>
public interface ITimerTarget
{
    void OnTimer(int tag);
}
