import { testFlows } from './tellers.ts'

testFlows('there')
