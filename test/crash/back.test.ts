import { testFlows } from './tellers.ts'

testFlows('back')
